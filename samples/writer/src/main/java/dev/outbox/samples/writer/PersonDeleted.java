package dev.outbox.samples.writer;

import dev.outbox.EventType;
import java.util.UUID;

/** Somebody is not known any more; no event of this person follows. */
@EventType("person.deleted.v1")
record PersonDeleted(UUID personId) implements PersonEvent {}
