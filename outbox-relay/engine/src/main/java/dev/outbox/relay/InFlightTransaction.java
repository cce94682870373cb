package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL transaction whose events have been delivered, in part or whole. Acknowledgements come from any thread; the
 * rest is for the loop's.
 */
final class InFlightTransaction {

    private final Begin begin;
    private final LogSequenceNumber previousEndLsn;
    private final AtomicLong outstanding = new AtomicLong();
    private long lastIndex;
    private volatile @Nullable LogSequenceNumber commitEndLsn;

    /** @param previousEndLsn where the transaction read before this one ends */
    InFlightTransaction(Begin begin, LogSequenceNumber previousEndLsn) {
        this.begin = begin;
        this.previousEndLsn = previousEndLsn;
    }

    void delivered(long index) {
        lastIndex = index;
        outstanding.incrementAndGet();
    }

    /** From any thread, once for each delivery. */
    void acked() {
        outstanding.decrementAndGet();
    }

    /** The Commit has been read, or that of a later transaction without events. */
    void committed(LogSequenceNumber endLsn) {
        commitEndLsn = endLsn;
    }

    /** The LSN to confirm, or null while the Commit has not been read or something of it waits to be acknowledged. */
    @Nullable LogSequenceNumber confirmableLsn() {
        return outstanding.get() == 0 ? commitEndLsn : null;
    }

    LogSequenceNumber commitLsn() {
        return begin.commitLsn();
    }

    /** The place of the last event delivered of it. */
    long lastIndex() {
        return lastIndex;
    }

    long commitUnixMillis() {
        return begin.commitUnixMillis();
    }

    /** Where it ends, once its Commit has been read. */
    LogSequenceNumber endLsn() {
        return Objects.requireNonNull(commitEndLsn, "Commit not read");
    }

    /** Where everything before this transaction ends. */
    LogSequenceNumber previousEndLsn() {
        return previousEndLsn;
    }
}
