package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Events of one PostgreSQL transaction that have been delivered: all of it, or so many in a row of a long one.
 * Acknowledgements come from any thread; the rest is for the loop's.
 */
final class TransactionSegment {

    private final LogSequenceNumber commitLsn;
    private final long commitUnixMillis;
    private final LogSequenceNumber previousEndLsn;
    private final AtomicLong outstanding = new AtomicLong();
    private int events;
    private long lastIndex;
    private volatile @Nullable LogSequenceNumber endLsn;

    /** @param previousEndLsn where everything before the transaction ends */
    TransactionSegment(Begin begin, LogSequenceNumber previousEndLsn) {
        this.commitLsn = begin.commitLsn();
        this.commitUnixMillis = begin.commitUnixMillis();
        this.previousEndLsn = previousEndLsn;
    }

    void delivered(long index) {
        events++;
        lastIndex = index;
        outstanding.incrementAndGet();
    }

    int events() {
        return events;
    }

    /** From any thread, once for each delivery. */
    void acked() {
        outstanding.decrementAndGet();
    }

    /** The transaction goes on in another segment: with this one there is nothing more to confirm than before it. */
    void continued() {
        endLsn = previousEndLsn;
    }

    /** The Commit has been read, or that of a later transaction without events. */
    void committed(LogSequenceNumber commitEndLsn) {
        endLsn = commitEndLsn;
    }

    /** The LSN to confirm, or null while more may be added to it or something of it waits to be acknowledged. */
    @Nullable LogSequenceNumber confirmableLsn() {
        return outstanding.get() == 0 ? endLsn : null;
    }

    LogSequenceNumber commitLsn() {
        return commitLsn;
    }

    /** The place of the last event delivered of it. */
    long lastIndex() {
        return lastIndex;
    }

    long commitUnixMillis() {
        return commitUnixMillis;
    }

    /** Where the transaction ends, once its Commit has been read; for its last segment. */
    LogSequenceNumber endLsn() {
        return Objects.requireNonNull(endLsn, "Commit not read");
    }

    /** Where everything before the transaction ends. */
    LogSequenceNumber previousEndLsn() {
        return previousEndLsn;
    }
}
