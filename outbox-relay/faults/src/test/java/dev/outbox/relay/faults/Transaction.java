package dev.outbox.relay.faults;

import java.util.List;
import java.util.UUID;

/** A transaction whose outcome is known. */
record Transaction(UUID id, List<Event> events, boolean committed) {}
