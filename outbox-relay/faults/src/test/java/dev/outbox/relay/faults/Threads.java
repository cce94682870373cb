package dev.outbox.relay.faults;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Threads, and waiting. */
final class Threads {

    private static final long PAUSE_NANOS = 20_000_000;

    private Threads() {}

    /** A condition that costs something: looked at now and then only. */
    static final class Every implements BooleanSupplier {

        private final long nanos;
        private final BooleanSupplier condition;
        private long looked;

        Every(long nanos, BooleanSupplier condition) {
            this.nanos = nanos;
            this.condition = condition;
            this.looked = System.nanoTime() - nanos;
        }

        @Override
        public boolean getAsBoolean() {
            if (System.nanoTime() - looked < nanos) {
                return false;
            }
            looked = System.nanoTime();
            return condition.getAsBoolean();
        }
    }

    static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    /** Waits for a condition. */
    static void await(String what, BooleanSupplier condition) {
        await(() -> what, Settings.PATIENCE, condition);
    }

    /**
     * Waits for a condition.
     *
     * @throws AssertionError if it does not become true in time; says what was waited for
     */
    static void await(Supplier<String> what, Duration atMost, BooleanSupplier condition) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited " + atMost.toSeconds() + " s in vain for " + what.get());
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Lets a fault last. */
    static void last(Duration time) {
        long until = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
