package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;

/**
 * Between what is acknowledged and what the server is told to forget: where a host stores checkpoints, nothing above the
 * last that it has stored, and never anything above the point up to which the publication is known to be whole. For any
 * thread.
 */
final class ConfirmGate {

    private static final LogSequenceNumber EVERYTHING = new LogSequenceNumber(-1);

    private final StreamOrigin origin;
    private volatile Acknowledged acknowledged;
    private volatile LogSequenceNumber storedLsn;
    private volatile Acknowledged stored;

    /** @param hostStores whether nothing may be confirmed until the host has stored it */
    ConfirmGate(StreamOrigin origin, Acknowledged before, boolean hostStores) {
        this.origin = origin;
        this.acknowledged = before;
        this.storedLsn = hostStores ? before.confirmableLsn() : EVERYTHING;
        this.stored = before;
    }

    /** What may be confirmed, now that so much is acknowledged; asked for each message, most of which change nothing. */
    @SuppressWarnings("ReferenceEquality")
    LogSequenceNumber confirmable(Acknowledged now) {
        if (acknowledged != now) {
            acknowledged = now;
        }
        return LogSequenceNumber.min(now.confirmableLsn(), LogSequenceNumber.min(storedLsn, origin.checkedLsn()));
    }

    /** How far everything is acknowledged. */
    Acknowledged acknowledged() {
        return acknowledged;
    }

    /** The host has stored a checkpoint that says this. */
    void stored(Acknowledged checkpoint) {
        storedLsn = LogSequenceNumber.max(storedLsn, checkpoint.confirmableLsn());
        if (checkpoint.hasEventsBeyond(stored)) {
            stored = checkpoint;
        }
    }

    /** Whether no event of it would come again after a start from what the host has stored, if it stores anything. */
    boolean keeps(Acknowledged now) {
        return storedLsn.equals(EVERYTHING) || !now.hasEventsBeyond(stored);
    }
}
