package dev.outbox.relay;

import dev.outbox.relay.replication.SocketTraffic;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Ends a generation whose server is silent. The loop asks the server for an answer several times within the limit, so a
 * socket on which nothing arrives for all of it is dead, or the loop hangs in the middle of a message or in a write.
 *
 * <p>It does so before the server, which has heard nothing either, gives the slot to another relay.
 */
final class SocketWatchdog implements Runnable {

    private static final long LONGEST_TICK_MILLIS = 500;
    private static final int TICKS = 10;

    private final String address;
    private final SocketTraffic traffic;
    private final DeliveryBuffer buffer;
    private final Duration limit;
    private final LongSupplier nanoClock;
    private final CountDownLatch ended = new CountDownLatch(1);
    private long arrivals;
    private long writes;

    /**
     * @param limit how long the silence may be
     * @param nanoClock as {@link System#nanoTime}
     */
    SocketWatchdog(
            String address, SocketTraffic traffic, DeliveryBuffer buffer, Duration limit, LongSupplier nanoClock) {
        this.address = address;
        this.traffic = traffic;
        this.buffer = buffer;
        this.limit = limit;
        this.nanoClock = nanoClock;
    }

    /** The server may have heard from the relay for the last time a status interval before it was heard itself. */
    static Duration limit(Duration walSenderTimeout, Duration statusInterval) {
        return walSenderTimeout.minus(statusInterval).minus(tick(walSenderTimeout));
    }

    static Duration tick(Duration limit) {
        return Duration.ofMillis(Math.min(LONGEST_TICK_MILLIS, limit.toMillis() / TICKS));
    }

    @Override
    public void run() {
        long tickMillis = tick(limit).toMillis();
        try {
            long lastSign = nanoClock.getAsLong();
            while (!ended.await(tickMillis, TimeUnit.MILLISECONDS)) {
                long now = nanoClock.getAsLong();
                if (isAlive()) {
                    lastSign = now;
                } else if (now - lastSign > limit.toNanos()) {
                    bark();
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What waits to be read is a sign of life as well, for a loop that waits for room; not for one that hangs in a write. */
    private boolean isAlive() {
        long arrivalsNow = traffic.arrivals();
        long writesNow = traffic.writes();
        boolean writeHangs = writesNow == writes && writesNow % 2 == 1;
        boolean arrived = arrivalsNow != arrivals;
        arrivals = arrivalsNow;
        writes = writesNow;
        return arrived || (!writeHangs && traffic.hasUnread());
    }

    private void bark() {
        buffer.fail(new RelayException(
                "Nothing arrived from " + address + " for " + limit.toMillis()
                        + " ms, though the server was asked for an"
                        + " answer: the connection is dead. What was not confirmed comes again after a reconnect.",
                true,
                null));
        traffic.cut();
    }

    /** From any thread. */
    void end() {
        ended.countDown();
    }
}
