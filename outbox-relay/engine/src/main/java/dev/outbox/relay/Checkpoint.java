package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;

/**
 * What a host stores outside of PostgreSQL to say how far it has come. After a restart it tells what is delivered already,
 * and whether the slot still is where it was left.
 *
 * @param source what was read
 * @param position the last event that is delivered, with all before it; of index -1 where none was yet
 * @param confirmableLsn up to where the server may forget once this checkpoint is stored: everything before is delivered
 * @param checkedLsn up to where the publication is known to have been in place without a gap
 * @param committedAtMillis when the position's transaction committed, by the server's clock, in milliseconds since 1970
 *     in UTC; 0 where there is none
 */
public record Checkpoint(
        SourceIdentity source,
        Position position,
        LogSequenceNumber confirmableLsn,
        LogSequenceNumber checkedLsn,
        long committedAtMillis) {}
