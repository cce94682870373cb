package dev.outbox.jpa.spring.app;

import dev.outbox.EventType;

@EventType("person.renamed.v1")
public record PersonRenamed(String fullName) {}
