package dev.outbox.relay.faults;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Instant;

/** Where and when a transaction committed. */
record CommitPoint(LogSequenceNumber lsn, Instant time) {}
