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
 * ten to the limit, so that none is kept. For the stream's thread, but for the counts themselves.
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
        if (limit == null) {
            return null;
        }
        long now = nanoTime.getAsLong();
        Tick tick = waiting.peekLast();
        if (tick == null || now - tick.beganAt() > limit.toNanos() / TICKS) {
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

    /** @throws RelayException if a record has been waiting for longer than the limit */
    void requireInTime() {
        while (limit != null && !waiting.isEmpty()) {
            Tick oldest = waiting.element();
            if (oldest.count().get() > 0) {
                requireInTime(limit, Duration.ofNanos(nanoTime.getAsLong() - oldest.beganAt()));
                return;
            }
            waiting.remove();
        }
    }

    private static void requireInTime(Duration limit, Duration waited) {
        if (waited.compareTo(limit) > 0) {
            throw new RelayException(
                    "Expected the brokers to acknowledge every record within " + limit.toMillis()
                            + " ms (ack-timeout), found one that has been waiting for " + waited.toMillis()
                            + " ms. The stream begins again behind what is confirmed; look whether the brokers are up,"
                            + " and enough of them in sync.",
                    true,
                    null);
        }
    }
}
