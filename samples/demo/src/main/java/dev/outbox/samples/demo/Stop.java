package dev.outbox.samples.demo;

import dev.outbox.samples.cli.SampleException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The request to end, which whatever waits looks at. Not an interrupt: that would keep the clients from closing in order.
 * Safe for use by any threads.
 */
final class Stop {

    private static final Duration PAUSE = Duration.ofMillis(20);

    private final CountDownLatch requested = new CountDownLatch(1);

    void request() {
        requested.countDown();
    }

    /** Waits a little before the next look at something. */
    void orPause() {
        if (awaits(PAUSE)) {
            throw new SampleException("stopped");
        }
    }

    /** Goes on unless it is requested. */
    void check() {
        if (requested.getCount() == 0) {
            throw new SampleException("stopped");
        }
    }

    /** Waits for the request. */
    void await() {
        while (!awaits(Duration.ofHours(1))) {
            Thread.onSpinWait();
        }
    }

    private boolean awaits(Duration time) {
        try {
            return requested.await(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
