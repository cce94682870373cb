package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Notices a record that waits too long for its acknowledgement. Records are counted by the tick in which they were sent,
 * ten to the limit, so that none is kept. From any thread.
 */
final class AckTimeout {

    private static final int TICKS = 10;

    private final @Nullable Duration limit;
    private final LongSupplier nanoTime;
    private final ArrayDeque<Tick> waiting = new ArrayDeque<>();

    /** The records sent in it that are not acknowledged. */
    private record Tick(long beganAt, AtomicLong count) {}

    /** @param limit empty to wait for ever, which costs nothing */
    AckTimeout(Optional<Duration> limit, LongSupplier nanoTime) {
        this.limit = limit.orElse(null);
        this.nanoTime = nanoTime;
    }

    /** A record is about to be sent; the result is to be {@link #answered}. */
    @Nullable AtomicLong sending() {
        return limit == null ? null : sending(limit);
    }

    private synchronized AtomicLong sending(Duration within) {
        long now = nanoTime.getAsLong();
        Tick tick = waiting.peekLast();
        if (tick == null || now - tick.beganAt() > within.toNanos() / TICKS) {
            tick = new Tick(now, new AtomicLong());
            waiting.add(tick);
        }
        tick.count().incrementAndGet();
        return tick.count();
    }

    /** The record was acknowledged or refused. From any thread. */
    static void answered(@Nullable AtomicLong sent) {
        if (sent != null) {
            sent.decrementAndGet();
        }
    }

    /** What to say where a record has been waiting for longer than the limit. */
    Optional<RelayException> overdue() {
        return limit == null ? Optional.empty() : overdue(limit);
    }

    private synchronized Optional<RelayException> overdue(Duration within) {
        Tick oldest = waiting.peek();
        while (oldest != null && oldest.count().get() == 0) {
            waiting.remove();
            oldest = waiting.peek();
        }
        if (oldest == null) {
            return Optional.empty();
        }
        Duration waited = Duration.ofNanos(nanoTime.getAsLong() - oldest.beganAt());
        return waited.compareTo(within) > 0 ? Optional.of(sentence(within, waited)) : Optional.empty();
    }

    private static RelayException sentence(Duration within, Duration waited) {
        return new RelayException(
                "Expected the brokers to acknowledge every record within " + within.toMillis()
                        + " ms (ack-timeout), found one that has been waiting for " + waited.toMillis()
                        + " ms. The stream begins again behind what is confirmed; look whether the brokers are up, and"
                        + " enough of them in sync.",
                true,
                null);
    }
}
