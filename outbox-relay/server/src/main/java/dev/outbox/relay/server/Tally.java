package dev.outbox.relay.server;

import dev.outbox.relay.Position;
import dev.outbox.relay.server.RecordException.Reason;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what becomes of one attempt's events. One that is relayed counts at its acknowledgement or, with transactions,
 * once those are committed: what is aborted nobody sees. One that is diverted counts once the position behind it is
 * stored, for until then it may come again. From any thread.
 */
final class Tally {

    /** So that memory stays flat where everything is diverted. */
    private static final int MOST_AT_ONCE = 1_000;

    private final Progress progress;
    private final boolean transactions;
    private final LongAdder uncommitted = new LongAdder();
    private final LongAdder uncommittedBytes = new LongAdder();
    private final ArrayDeque<Diverted> diverted = new ArrayDeque<>();

    /** Some in a row that were diverted in the same way. */
    private record Diverted(boolean skipped, Reason reason, Position last, int events) {

        boolean goesOnWith(Diverted next) {
            return skipped == next.skipped && reason == next.reason && events < MOST_AT_ONCE;
        }
    }

    Tally(Progress progress, boolean transactions) {
        this.progress = progress;
        this.transactions = transactions;
    }

    /**
     * An event was acknowledged.
     *
     * @param size of key and value, in bytes
     */
    void relayed(long size) {
        if (transactions) {
            uncommitted.increment();
            uncommittedBytes.add(size);
        } else {
            progress.relayed(1, size);
        }
    }

    /** An event is passed over; in the order of the stream. */
    void skipped(Reason reason, Position position) {
        diverted(new Diverted(true, reason, position, 1));
    }

    /** An event's dead letter is about to be sent; in the order of the stream. */
    void deadLettered(Reason reason, Position position) {
        diverted(new Diverted(false, reason, position, 1));
    }

    private synchronized void diverted(Diverted next) {
        Diverted before = diverted.peekLast();
        if (before != null && before.goesOnWith(next)) {
            diverted.removeLast();
            diverted.add(new Diverted(next.skipped, next.reason, next.last, before.events + 1));
        } else {
            diverted.add(next);
        }
    }

    /** Everything up to there is stored as delivered; with transactions, so is all that was acknowledged. */
    synchronized void stored(Position position) {
        progress.relayed(uncommitted.sumThenReset(), uncommittedBytes.sumThenReset());
        RecordErrorCounts counts = progress.recordErrors();
        for (Diverted some = diverted.peek();
                some != null && some.last.isAtOrBefore(position);
                some = diverted.peek()) {
            diverted.remove();
            if (some.skipped) {
                counts.skipped(some.reason, some.events);
            } else {
                counts.deadLettered(some.reason, some.events);
            }
        }
    }
}
