package dev.outbox.relay.server;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A thread that looks after something at intervals, until it is closed. */
final class Watch implements AutoCloseable {

    private final Duration interval;
    private final Runnable look;
    private final CountDownLatch closed = new CountDownLatch(1);

    private Watch(Duration interval, Runnable look) {
        this.interval = interval;
        this.look = look;
    }

    static Watch start(String name, Duration interval, Runnable look) {
        Watch watch = new Watch(interval, look);
        Thread thread = new Thread(watch::run, name);
        thread.setDaemon(true);
        thread.start();
        return watch;
    }

    private void run() {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                look.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
