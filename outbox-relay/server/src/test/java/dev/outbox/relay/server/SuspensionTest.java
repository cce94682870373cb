package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SuspensionTest {

    private final AtomicLong nanos = new AtomicLong(-5);
    private final AtomicLong millis = new AtomicLong(1_000);
    private final Suspension suspension = new Suspension(Duration.ofSeconds(5), nanos::get, millis::get);

    @Test
    void a_process_that_runs_is_not_suspended_however_long() {
        for (int i = 0; i < 10; i++) {
            pass(5_000, 5_000);
            assertThat(suspension.noticed()).isFalse();
        }
    }

    @Test
    void a_process_that_was_stopped_notices_and_does_not_forget() {
        pass(5_001, 5_001);
        assertThat(suspension.noticed()).isTrue();
        assertThat(suspension.noticed()).isTrue();
    }

    @Test
    void a_machine_that_was_frozen_is_noticed_by_the_time_of_day() {
        pass(0, 5_001);
        assertThat(suspension.noticed()).isTrue();
    }

    /** Every event asks, from two threads, and the clock has its price. */
    @Test
    void within_a_millisecond_the_other_clock_is_asked_once() {
        AtomicLong asked = new AtomicLong();
        Suspension counting = new Suspension(Duration.ofSeconds(5), asked::incrementAndGet, millis::get);
        asked.set(0);
        pass(0, 1);
        for (int i = 0; i < 100; i++) {
            assertThat(counting.noticed()).isFalse();
        }
        assertThat(asked).hasValue(1);
    }

    @Test
    void what_was_before_the_slot_was_taken_does_not_count() {
        pass(9_000, 9_000);
        suspension.begin();
        assertThat(suspension.noticed()).isFalse();
    }

    @Test
    void a_process_whose_threads_all_wait_for_an_answer_is_not_suspended_while_a_watch_asks() {
        // Each look comes 20 ms after the one before.
        AtomicLong looks = new AtomicLong();
        Suspension watched = new Suspension(
                Duration.ofMillis(50), () -> looks.get() * 20_000_000, () -> looks.incrementAndGet() * 20);
        Watch watch = Watch.start("test", Duration.ofMillis(1), watched::noticed);
        await().until(() -> looks.get() > 20);
        watch.close();

        assertThat(watched.noticed()).isFalse();
    }

    private void pass(long byNanoTime, long byTimeOfDay) {
        nanos.addAndGet(byNanoTime * 1_000_000);
        millis.addAndGet(byTimeOfDay);
    }
}
