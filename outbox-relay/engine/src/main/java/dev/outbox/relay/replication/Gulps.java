package dev.outbox.relay.replication;

import java.util.concurrent.TimeUnit;

/**
 * When to let a socket fill before it is read. The server sends after each commit; a reader that waits for that is woken
 * for each, and both sides pay for it. One that stays away for a while, as long as there is much to read, lets the sends
 * coalesce. A stream that is nearly idle is read at once: nobody is to wait there.
 *
 * <p>For the thread that reads.
 */
final class Gulps {

    /** What is worth a read while there is much; before a read that would find less, the reader stays away. */
    static final int ENOUGH_BYTES = 64 * 1024;

    /** How long to stay away. Much less, and the socket does not fill. */
    static final long AWAY_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** From this rate on there is much to read: some ten thousand events a second. */
    private static final long BEHIND_BYTES_PER_SECOND = 6_000_000;

    private static final long WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private long windowBeganAt;
    private long bytes;
    private boolean behind;

    Gulps(long nowNanos) {
        windowBeganAt = nowNanos;
    }

    /** Something was read. */
    void read(int count, long nowNanos) {
        bytes += count;
        long passed = nowNanos - windowBeganAt;
        if (passed >= WINDOW_NANOS) {
            behind = bytes * TimeUnit.SECONDS.toNanos(1) / passed >= BEHIND_BYTES_PER_SECOND;
            bytes = 0;
            windowBeganAt = nowNanos;
        }
    }

    /** Whether there was, as of the last read. */
    boolean isBehind() {
        return behind;
    }

    /** Whether there is much to read. */
    boolean isBehind(long nowNanos) {
        return behind && nowNanos - windowBeganAt < 2 * WINDOW_NANOS;
    }
}
