package dev.outbox.jpa.spring.app;

import dev.outbox.EventType;
import java.time.Instant;

@EventType("person.registered.v1")
public record PersonRegistered(String fullName, Instant registeredAt) {}
