package dev.outbox.relay.server;

import dev.outbox.relay.Delivery;
import dev.outbox.relay.Position;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The events of a stream that a broker has refused, by position, so that the next attempt diverts them before they are
 * sent. Outlives the attempts, and forgets an event once PostgreSQL has been told that it is done with.
 *
 * <p>A broker that refuses a batch as a whole does not say which record it was for: Kafka's producer then gives one and
 * the same exception to all of them. Those are suspects, which are sent one by one. (Kafka keeps one exception for each
 * error without a message, so events of several batches may look like those of one; a suspect too many does no harm.)
 * Marked on the producer's thread, asked on the stream's.
 */
final class PoisonedEvents {

    /** Some megabytes. What is refused beyond it is refused again by the next attempt, and then has its turn. */
    private static final int MOST = 10_000;

    private final Map<Position, Mark> marks = new ConcurrentHashMap<>();
    private volatile boolean news;
    private @Nullable Position previous;
    private @Nullable Throwable previousCause;

    private record Mark(RecordException why, boolean suspect) {}

    /**
     * A broker has refused the event. Those of a batch are told one after the other.
     *
     * @param byCompany whether it may have been told so only because another was refused before: Kafka gives the error
     *     of a transaction to records of it that were never sent
     */
    synchronized void refused(Delivery delivery, RecordException why, boolean byCompany) {
        Position position = delivery.position();
        Mark before = marks.get(position);
        if (before != null && before.suspect()) {
            // It was sent alone, so this is settled, whatever comes next.
            mark(position, new Mark(why, false));
            previous = null;
            previousCause = null;
        } else if (before == null && marks.size() < MOST) {
            boolean shared = previous != null && why.getCause() == previousCause;
            if (shared) {
                marks.computeIfPresent(previous, (same, mark) -> new Mark(mark.why(), true));
            }
            mark(position, new Mark(why, shared || byCompany));
            previous = position;
            previousCause = why.getCause();
        }
    }

    private void mark(Position position, Mark mark) {
        marks.put(position, mark);
        news = true;
    }

    /** Why the event is not to be sent, or null where nothing is known against it. */
    @Nullable RecordException poison(Delivery delivery) {
        Mark mark = mark(delivery);
        return mark == null || mark.suspect() ? null : mark.why();
    }

    /** Whether the event is to be sent with no other beside it. */
    boolean isSuspect(Delivery delivery) {
        Mark mark = mark(delivery);
        return mark != null && mark.suspect();
    }

    private @Nullable Mark mark(Delivery delivery) {
        return marks.isEmpty() ? null : marks.get(delivery.position());
    }

    /** Everything before the LSN is done with. */
    void confirmed(LogSequenceNumber lsn) {
        if (!marks.isEmpty()) {
            marks.keySet().removeIf(position -> position.commitLsn().compareTo(lsn) < 0);
        }
    }

    /** Whether more is known than when this was asked last: then the next attempt goes further than this one. */
    boolean takeNews() {
        boolean some = news;
        news = false;
        return some;
    }

    int size() {
        return marks.size();
    }
}
