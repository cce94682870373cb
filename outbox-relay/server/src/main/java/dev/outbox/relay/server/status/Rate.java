package dev.outbox.relay.server.status;

import java.time.Duration;
import java.util.ArrayDeque;

/** How fast a count has grown over the last seconds. For one thread at a time. */
public final class Rate {

    private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long STEP_NANOS = Duration.ofSeconds(1).toNanos();

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();

    private record Sample(long nanos, long count) {}

    /** A rate that begins with the count 0. */
    public Rate(long nowNanos) {
        samples.add(new Sample(nowNanos, 0));
    }

    /** Tells the count, and returns how much it grows in a second. */
    public double perSecond(long nowNanos, long count) {
        while (samples.size() > 1 && nowNanos - samples.element().nanos() > WINDOW_NANOS) {
            samples.remove();
        }
        Sample oldest = samples.element();
        if (nowNanos - samples.getLast().nanos() >= STEP_NANOS) {
            samples.add(new Sample(nowNanos, count));
        }
        long passed = nowNanos - oldest.nanos();
        return passed <= 0 ? 0 : (count - oldest.count()) * 1e9 / passed;
    }
}
