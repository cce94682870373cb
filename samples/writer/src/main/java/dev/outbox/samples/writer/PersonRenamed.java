package dev.outbox.samples.writer;

import dev.outbox.EventType;
import java.util.UUID;

/** Somebody has another name now. */
@EventType("person.renamed.v1")
record PersonRenamed(UUID personId, String name) implements PersonEvent {}
