package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Notices that the process has not run for a while: stopped, or its machine was. It may have lost the slot meanwhile, and
 * what it still holds may have been sent by another. Whoever asks first notices, and what was noticed stays; to be asked
 * all the time, for whoever waits long for an answer is not suspended. From any thread.
 */
final class Suspension {

    /** How much of the limit may pass before a look is written down: every event is one, from two threads. */
    private static final int LOOKS_IN_LIMIT = 100;

    private final long limitNanos;
    private final long limitMillis;
    private final LongSupplier nanoTime;
    private final LongSupplier currentTimeMillis;
    private volatile long lastNanos;
    private volatile long lastMillis;
    private volatile long lookedAtMillis;
    private volatile boolean noticed;

    /** @param currentTimeMillis runs on while a virtual machine is frozen, where the other clock may stand still */
    Suspension(Duration limit, LongSupplier nanoTime, LongSupplier currentTimeMillis) {
        this.limitNanos = limit.toNanos();
        this.limitMillis = limit.toMillis();
        this.nanoTime = nanoTime;
        this.currentTimeMillis = currentTimeMillis;
        begin();
    }

    /** Whatever was before does not count: the slot is asked for now. */
    void begin() {
        lastNanos = nanoTime.getAsLong();
        lastMillis = currentTimeMillis.getAsLong();
        lookedAtMillis = lastMillis;
        noticed = false;
    }

    boolean noticed() {
        return noticed(currentTimeMillis.getAsLong());
    }

    /** For whoever has just asked the clock for the milliseconds. Within the same one there is nothing to notice. */
    boolean noticed(long millis) {
        if (millis != lookedAtMillis) {
            look(millis);
            lookedAtMillis = millis;
        }
        return noticed;
    }

    private void look(long millis) {
        long nanos = nanoTime.getAsLong();
        long passed = nanos - lastNanos;
        if (passed > limitNanos || millis - lastMillis > limitMillis) {
            noticed = true;
        }
        if (passed > limitNanos / LOOKS_IN_LIMIT) {
            lastNanos = nanos;
            lastMillis = millis;
        }
    }

    /** What it means. */
    static RelayException sentence() {
        return new RelayException(
                "The relay was suspended, and may have lost the slot meanwhile: what it has not sent yet is read again"
                        + " by whoever holds the slot now.",
                true,
                null);
    }
}
