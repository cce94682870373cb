package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL transaction whose events have been delivered, in part or whole. Acknowledgements come from any thread; the
 * rest is for the loop's.
 */
final class InFlightTransaction {

    private final AtomicLong outstanding = new AtomicLong();
    private @Nullable LogSequenceNumber commitEndLsn;

    void delivered() {
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
}
