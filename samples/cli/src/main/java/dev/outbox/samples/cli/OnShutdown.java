package dev.outbox.samples.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Asks work to stop when the JVM is told to end (Ctrl-C, SIGTERM), and gives it time to end in order: the JVM stays
 * until the work has returned, or the time is over.
 */
public final class OnShutdown {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Thread hook;

    private OnShutdown(Runnable stop, Duration patience) {
        this.hook = new Thread(
                () -> {
                    stop.run();
                    awaitEnd(patience);
                },
                "on-shutdown");
    }

    /** Does the work on this thread; {@code stop} is called on another one if the JVM is to end before. */
    public static <T> T during(Runnable stop, Duration patience, Supplier<T> work) {
        OnShutdown onShutdown = new OnShutdown(stop, patience);
        Runtime.getRuntime().addShutdownHook(onShutdown.hook);
        try {
            return work.get();
        } finally {
            onShutdown.end();
        }
    }

    private void awaitEnd(Duration patience) {
        try {
            ended.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end() {
        ended.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook is what waits for us.
            return;
        }
    }
}
