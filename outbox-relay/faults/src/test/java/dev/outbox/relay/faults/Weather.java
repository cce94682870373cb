package dev.outbox.relay.faults;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** What happens to bytes on their way. For any thread. */
final class Weather {

    private static final int LONGEST_PIECE = 1024;
    private static final int ONE_OF = 100;

    private final Random random;
    private boolean stopped;
    private long delayNanos;
    private long someNanos;
    private int bytesPerSecond;

    Weather(Random random) {
        this.random = random;
    }

    synchronized void stop() {
        stopped = true;
    }

    synchronized void delay(Duration by) {
        delayNanos = by.toNanos();
    }

    synchronized void delaySome(Duration by) {
        someNanos = by.toNanos();
    }

    synchronized void limit(int most) {
        bytesPerSecond = most;
    }

    synchronized void clear() {
        stopped = false;
        delayNanos = 0;
        someNanos = 0;
        bytesPerSecond = 0;
        notifyAll();
    }

    /** Waits until bytes that came then may be passed on. */
    void await(long cameAtNanos) throws InterruptedException {
        synchronized (this) {
            while (stopped) {
                wait();
            }
        }
        long wait = cameAtNanos + delay() - System.nanoTime();
        if (wait > 0) {
            LockSupport.parkNanos(wait);
        }
    }

    private synchronized long delay() {
        return delayNanos;
    }

    /** How many of so many bytes go on in one piece. */
    synchronized int piece(int bytes, boolean fromRelay) {
        boolean whole = someNanos == 0 && (bytesPerSecond == 0 || !fromRelay);
        return whole ? bytes : Math.min(bytes, 1 + random.nextInt(LONGEST_PIECE));
    }

    /** Waits before a piece goes on: one of a hundred does, or each for its length. */
    void awaitPiece(int bytes, boolean fromRelay) {
        long nanos;
        synchronized (this) {
            nanos = someNanos > 0 && random.nextInt(ONE_OF) == 0 ? someNanos : 0;
            if (bytesPerSecond > 0 && fromRelay) {
                nanos += bytes * 1_000_000_000L / bytesPerSecond;
            }
        }
        if (nanos > 0) {
            LockSupport.parkNanos(nanos);
        }
    }
}
