package dev.outbox.relay.server;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices that the process has not run for a while: stopped, or its machine was. It may have lost the slot meanwhile, and
 * what it still holds may have been sent by another. Asked often, from any thread; what it has noticed stays.
 */
final class Suspension {

    private final long limitNanos;
    private final LongSupplier nanoTime;
    private final LongSupplier currentTimeMillis;
    private volatile long lastNanos;
    private volatile long lastMillis;
    private volatile boolean noticed;

    /** @param currentTimeMillis runs on while a virtual machine is frozen, where the other clock may stand still */
    Suspension(Duration limit, LongSupplier nanoTime, LongSupplier currentTimeMillis) {
        this.limitNanos = limit.toNanos();
        this.nanoTime = nanoTime;
        this.currentTimeMillis = currentTimeMillis;
        this.lastNanos = nanoTime.getAsLong();
        this.lastMillis = currentTimeMillis.getAsLong();
    }

    /** Whatever was before does not count: the slot is held now. */
    void begin() {
        lastNanos = nanoTime.getAsLong();
        lastMillis = currentTimeMillis.getAsLong();
        noticed = false;
    }

    boolean noticed() {
        long nanos = nanoTime.getAsLong();
        long millis = currentTimeMillis.getAsLong();
        if (nanos - lastNanos > limitNanos || (millis - lastMillis) * 1_000_000 > limitNanos) {
            noticed = true;
        }
        lastNanos = nanos;
        lastMillis = millis;
        return noticed;
    }
}
