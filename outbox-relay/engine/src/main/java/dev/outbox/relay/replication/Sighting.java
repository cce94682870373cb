package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;

/**
 * One look at the server.
 *
 * @param lsn up to where it had written, or on a standby replayed, before it was asked for the rest
 * @param settled whether nobody was changing publication or table: what has changed up to the LSN is visible below
 * @param server which server answered: the time when it was started, in its own words
 * @param inRecovery whether it is a standby
 * @param published what is published
 */
public record Sighting(
        LogSequenceNumber lsn, boolean settled, String server, boolean inRecovery, Published published) {}
