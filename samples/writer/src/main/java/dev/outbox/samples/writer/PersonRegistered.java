package dev.outbox.samples.writer;

import dev.outbox.EventType;
import java.util.UUID;

/** Somebody is known from now on. */
@EventType("person.registered.v1")
record PersonRegistered(UUID personId, String name, String city) implements PersonEvent {}
