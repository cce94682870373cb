package dev.outbox.jpa;

import dev.outbox.EventType;

@EventType("person.registered.v1")
record PersonRegistered(String name) {}
