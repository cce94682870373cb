package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Notices that the process has not run for a while: stopped, or its machine was. It may have lost the slot meanwhile, and
 * what it still holds may have been sent by another. Whoever asks first notices; a thread of its own asks all the time, so
 * that nobody who waits long for an answer is taken for suspended. What was noticed stays. From any thread.
 */
final class Suspension implements AutoCloseable {

    private static final int LOOKS = 10;

    private final Duration limit;
    private final LongSupplier nanoTime;
    private final LongSupplier currentTimeMillis;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile long lastNanos;
    private volatile long lastMillis;
    private volatile boolean noticed;

    /** @param currentTimeMillis runs on while a virtual machine is frozen, where the other clock may stand still */
    Suspension(Duration limit, LongSupplier nanoTime, LongSupplier currentTimeMillis) {
        this.limit = limit;
        this.nanoTime = nanoTime;
        this.currentTimeMillis = currentTimeMillis;
        begin();
    }

    /** Whatever was before does not count: the slot is asked for now. */
    void begin() {
        lastNanos = nanoTime.getAsLong();
        lastMillis = currentTimeMillis.getAsLong();
        noticed = false;
    }

    /** Asks until it is closed; calls back again and again once it has noticed. */
    void watch(Runnable resumed) {
        Thread thread = new Thread(() -> ask(resumed), "suspension-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private void ask(Runnable resumed) {
        try {
            while (!closed.await(limit.toNanos() / LOOKS, TimeUnit.NANOSECONDS)) {
                if (noticed()) {
                    resumed.run();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean noticed() {
        long nanos = nanoTime.getAsLong();
        long millis = currentTimeMillis.getAsLong();
        if (nanos - lastNanos > limit.toNanos() || millis - lastMillis > limit.toMillis()) {
            noticed = true;
        }
        lastNanos = nanos;
        lastMillis = millis;
        return noticed;
    }

    /** What it means. */
    static RelayException sentence() {
        return new RelayException(
                "The relay was suspended, and may have lost the slot meanwhile: what it has not sent yet is read again"
                        + " by whoever holds the slot now.",
                true,
                null);
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
