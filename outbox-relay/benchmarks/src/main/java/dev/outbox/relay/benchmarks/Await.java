package dev.outbox.relay.benchmarks;

import dev.outbox.samples.cli.SampleException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Looks until something is so: often enough that a time that is taken then means something, and so seldom that looking
 * takes nothing from what is measured.
 */
final class Await {

    private static final long BETWEEN_LOOKS_NANOS = 10_000_000;

    private Await() {}

    /** @throws SampleException if it is not so in time */
    static void until(String what, Duration limit, BooleanSupplier condition) {
        until(() -> what, () -> "", limit, condition);
    }

    /** @param more to be said if it is not so in time */
    static void until(Supplier<String> what, Supplier<String> more, Duration limit, BooleanSupplier condition) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new SampleException("Expected " + what.get() + " within " + limit.toSeconds()
                        + " s, found it was not so." + more.get());
            }
            LockSupport.parkNanos(BETWEEN_LOOKS_NANOS);
        }
    }
}
