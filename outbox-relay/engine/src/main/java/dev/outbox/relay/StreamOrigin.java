package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;

/** What the checkpoints of one generation have in common. For any thread. */
final class StreamOrigin {

    private final SourceIdentity identity;
    private final int timeline;
    private volatile LogSequenceNumber checkedLsn;

    StreamOrigin(SourceIdentity identity, int timeline, LogSequenceNumber checkedLsn) {
        this.identity = identity;
        this.timeline = timeline;
        this.checkedLsn = checkedLsn;
    }

    SourceIdentity identity() {
        return identity;
    }

    int timeline() {
        return timeline;
    }

    Checkpoint checkpoint(Acknowledged acknowledged) {
        return new Checkpoint(
                identity,
                new Position(timeline, acknowledged.commitLsn(), acknowledged.index()),
                acknowledged.confirmableLsn(),
                checkedLsn,
                acknowledged.committedAtMillis());
    }

    LogSequenceNumber checkedLsn() {
        return checkedLsn;
    }

    /** Everything up to here was sent with publication and table in their place. */
    void checked(LogSequenceNumber lsn) {
        checkedLsn = lsn;
    }
}
