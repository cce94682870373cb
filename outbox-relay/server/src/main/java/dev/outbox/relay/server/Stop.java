package dev.outbox.relay.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The request to stop, and the time that is left for it. For any thread. */
final class Stop {

    private final long timeoutNanos;
    private final CountDownLatch requested = new CountDownLatch(1);
    private final List<Runnable> tasks = new ArrayList<>();
    private volatile long requestedAt;

    Stop(Duration timeout) {
        this.timeoutNanos = timeout.toNanos();
    }

    /** One with as much time, which is requested on its own. */
    Stop another() {
        return new Stop(Duration.ofNanos(timeoutNanos));
    }

    /** Runs the task once this is requested, on the thread that requests it. To be called before. */
    synchronized void onRequest(Runnable task) {
        tasks.add(task);
    }

    /** Asks to stop; the time runs from the first request. */
    synchronized void request() {
        if (!requested()) {
            requestedAt = System.nanoTime();
            requested.countDown();
            tasks.forEach(Runnable::run);
        }
    }

    boolean requested() {
        return requested.getCount() == 0;
    }

    /** Waits for the request. */
    void await() throws InterruptedException {
        requested.await();
    }

    /** Waits for the request, at most the given time. */
    void await(Duration atMost) throws InterruptedException {
        boolean unused = requested.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Whether a stop was requested and half of its time is over: the other half is for acknowledgements. */
    boolean halfTime() {
        return requested() && left().toNanos() < timeoutNanos / 2;
    }

    /** What is left of the time after the request; the whole time before it, never negative. */
    Duration left() {
        long passed = requested() ? System.nanoTime() - requestedAt : 0;
        return Duration.ofNanos(Math.max(0, timeoutNanos - passed));
    }
}
