package dev.outbox.samples.reader;

import java.util.UUID;

/** A record as the read model needs it. */
record PersonEvent(UUID eventId, UUID personId, PersonChange change) {}
