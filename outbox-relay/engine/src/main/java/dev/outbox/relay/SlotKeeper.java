package dev.outbox.relay;

import dev.outbox.relay.replication.ReplicationStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a slot's status alive while its host looks for its position, which may take longer than the server waits. Until it
 * ends, the stream is its own.
 */
final class SlotKeeper {

    private final ReplicationStream stream;
    private final Duration interval;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable RuntimeException failure;

    private SlotKeeper(ReplicationStream stream, Duration interval, String name) {
        this.stream = stream;
        this.interval = interval;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Calls what takes its time; throws what that throws, or what has gone wrong with the stream meanwhile. */
    static <T> T during(ReplicationStream stream, Duration interval, String threadName, Supplier<T> slow) {
        SlotKeeper keeper = new SlotKeeper(stream, interval, threadName);
        T result;
        try {
            result = slow.get();
        } catch (RuntimeException | Error e) {
            keeper.end();
            throw e;
        }
        keeper.end();
        RuntimeException failed = keeper.failure;
        if (failed != null) {
            throw failed;
        }
        return result;
    }

    private void run() {
        try {
            while (!closed.await(interval.toNanos(), TimeUnit.NANOSECONDS)) {
                stream.sendStatus();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Gives the stream back. */
    private void end() {
        closed.countDown();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
                stream.abort();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
