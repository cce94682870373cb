package dev.outbox.samples.reader;

import java.util.UUID;

/** A person of the read model. */
record PersonRow(UUID id, String name, String city) {}
