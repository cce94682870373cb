package dev.outbox.relay.server;

import dev.outbox.relay.server.config.RetryDelays;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * The delays between attempts: doubled from the first to the longest, with a jitter of a fifth up or down, so that
 * relays which fell together don't rise together. An attempt that lasted longer than the longest delay was a success,
 * and the delays begin anew. For one thread.
 */
final class Backoff {

    private static final double JITTER = 0.2;

    private final Duration first;
    private final Duration longest;
    private final LongSupplier nanoTime;
    private final RandomGenerator random;
    private long attemptAt;
    private Duration next;

    Backoff(RetryDelays delays, LongSupplier nanoTime, RandomGenerator random) {
        this.first = delays.first();
        this.longest = delays.longest();
        this.nanoTime = nanoTime;
        this.random = random;
        this.next = first;
        this.attemptAt = nanoTime.getAsLong();
    }

    /** An attempt begins. */
    void attempt() {
        attemptAt = nanoTime.getAsLong();
    }

    /** The attempt has failed: how long to wait before the next. */
    Duration delay() {
        if (nanoTime.getAsLong() - attemptAt > longest.toNanos()) {
            next = first;
        }
        Duration delay = next;
        next = min(delay.multipliedBy(2), longest);
        double factor = 1 - JITTER + 2 * JITTER * random.nextDouble();
        return min(Duration.ofNanos((long) (delay.toNanos() * factor)), longest);
    }

    /** Somebody has asked for another attempt: the delays begin anew. */
    void forget() {
        next = first;
    }

    /** Where repeated failures lead to, at once. */
    Duration longest() {
        return longest;
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
