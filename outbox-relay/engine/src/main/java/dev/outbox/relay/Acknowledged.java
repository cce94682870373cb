package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;

/**
 * How far everything is acknowledged without a gap.
 *
 * @param confirmableLsn up to where the server may forget, as far as acknowledgements go
 * @param commitLsn that of the last transaction of which events are acknowledged; the LSN to confirm lies behind it if
 *     all of them are, and otherwise before it
 * @param index the place of the last of those events
 * @param committedAtMillis when the transaction committed, in milliseconds since 1970; 0 if there is none
 */
record Acknowledged(LogSequenceNumber confirmableLsn, LogSequenceNumber commitLsn, long index, long committedAtMillis) {

    /** Nothing but what the slot or a checkpoint says. */
    static Acknowledged at(LogSequenceNumber lsn) {
        return new Acknowledged(lsn, lsn, -1, 0);
    }

    static Acknowledged at(Checkpoint checkpoint) {
        return new Acknowledged(
                checkpoint.confirmableLsn(),
                checkpoint.position().commitLsn(),
                checkpoint.position().index(),
                checkpoint.committedAtMillis());
    }

    Acknowledged upTo(LogSequenceNumber lsn) {
        return lsn.compareTo(confirmableLsn) <= 0 ? this : new Acknowledged(lsn, commitLsn, index, committedAtMillis);
    }

    Acknowledged with(TransactionSegment segment, LogSequenceNumber endLsn) {
        return new Acknowledged(
                LogSequenceNumber.max(confirmableLsn, endLsn),
                segment.commitLsn(),
                segment.lastIndex(),
                segment.commitUnixMillis());
    }

    /** Whether it says at least as much as the other. */
    boolean covers(Acknowledged other) {
        return confirmableLsn.compareTo(other.confirmableLsn) >= 0 && !other.hasEventsBeyond(this);
    }

    boolean hasEventsBeyond(Acknowledged other) {
        int order = commitLsn.compareTo(other.commitLsn);
        return order > 0 || (order == 0 && index > other.index);
    }
}
