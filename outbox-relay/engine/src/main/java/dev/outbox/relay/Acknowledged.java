package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;

/**
 * How far everything is acknowledged without a gap.
 *
 * @param confirmableLsn up to where the server may forget, as far as acknowledgements go
 * @param commitLsn that of the last transaction with events that is acknowledged whole
 * @param index the place of its last event
 * @param committedAtMillis when it committed, in milliseconds since 1970; 0 if there is none
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

    Acknowledged with(InFlightTransaction transaction, LogSequenceNumber endLsn) {
        return new Acknowledged(
                LogSequenceNumber.max(confirmableLsn, endLsn),
                transaction.commitLsn(),
                transaction.lastIndex(),
                transaction.commitUnixMillis());
    }
}
