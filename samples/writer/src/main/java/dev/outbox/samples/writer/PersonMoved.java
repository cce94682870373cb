package dev.outbox.samples.writer;

import dev.outbox.EventType;
import java.util.UUID;

/** Somebody lives in another city now. */
@EventType("person.moved.v1")
record PersonMoved(UUID personId, String city) implements PersonEvent {}
