package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The confirm rule: how far the server may be told to forget. For the loop's thread, but for the acknowledgements.
 *
 * <p>Delivered transactions wait in commit order. The head leaves once its Commit has been read and nothing of it is
 * outstanding; its commit end LSN may then be confirmed. What the server has sent beside transactions counts only while
 * none waits and none is half read: that alone keeps an idle slot from holding WAL.
 *
 * <p>A long transaction waits in segments. Those before its last leave once nothing of them is outstanding; with them
 * the position moves on inside the transaction, and what may be confirmed stays where it was before it.
 */
final class AckTracker {

    /** In events: what is acknowledged of an unfinished segment comes again after a crash. */
    static final int SEGMENT = 1_000;

    private final int segmentEvents;
    private final ArrayDeque<TransactionSegment> waiting = new ArrayDeque<>();
    private @Nullable TransactionSegment open;
    private boolean halfRead;
    private LogSequenceNumber lastEndLsn;
    private Acknowledged acknowledged;

    AckTracker(Acknowledged before) {
        this(before, SEGMENT);
    }

    AckTracker(Acknowledged before, int segmentEvents) {
        this.segmentEvents = segmentEvents;
        acknowledged = before;
        lastEndLsn = before.confirmableLsn();
    }

    /** A Begin has been read. */
    void begin() {
        halfRead = true;
    }

    /** An event of the transaction is about to be delivered; the result takes its acknowledgement. */
    TransactionSegment deliver(Begin begin, long index) {
        TransactionSegment current = open;
        if (current != null && current.events() == segmentEvents) {
            current.continued();
            current = null;
        }
        if (current == null) {
            current = new TransactionSegment(begin, lastEndLsn);
            waiting.add(current);
            open = current;
        }
        current.delivered(index);
        return current;
    }

    /** The Commit has been read. A transaction without events is confirmed along with the one before it. */
    void commit(LogSequenceNumber commitEndLsn) {
        TransactionSegment last = waiting.peekLast();
        if (last == null) {
            acknowledged = acknowledged.upTo(commitEndLsn);
        } else {
            last.committed(commitEndLsn);
        }
        open = null;
        halfRead = false;
        lastEndLsn = LogSequenceNumber.max(lastEndLsn, commitEndLsn);
    }

    /** No more will be read: what was delivered of an open transaction is all there is of it. */
    void end() {
        TransactionSegment last = open;
        if (last != null) {
            last.continued();
            open = null;
        }
    }

    /** Whether everything that was delivered is acknowledged, after {@link #end}. */
    boolean hasEnded() {
        return waiting.isEmpty();
    }

    /** Whether every transaction that was begun has been acknowledged whole. */
    boolean isIdle() {
        return waiting.isEmpty() && !halfRead;
    }

    /** Nothing has arrived, and the server has sent all there is up to here. */
    void received(LogSequenceNumber receivedLsn) {
        if (isIdle()) {
            acknowledged = acknowledged.upTo(receivedLsn);
            lastEndLsn = LogSequenceNumber.max(lastEndLsn, receivedLsn);
        }
    }

    /** How far everything is acknowledged now; never goes back. */
    Acknowledged acknowledged() {
        TransactionSegment last = null;
        LogSequenceNumber confirmable = LogSequenceNumber.INVALID;
        for (TransactionSegment head = waiting.peek(); head != null; head = waiting.peek()) {
            LogSequenceNumber endLsn = head.confirmableLsn();
            if (endLsn == null) {
                break;
            }
            last = waiting.remove();
            confirmable = LogSequenceNumber.max(confirmable, endLsn);
        }
        if (last != null) {
            acknowledged = acknowledged.with(last, confirmable);
        }
        return acknowledged;
    }
}
