package dev.outbox.relay.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import org.junit.jupiter.api.Test;

class LagClockTest {

    private final LagClock clock = new LagClock();

    @Test
    void a_place_is_as_old_as_the_last_sample_that_lies_not_behind_it() {
        assertThat(clock.upTo(lsn(1_000))).isEmpty();
        clock.sampled(1, lsn(10));
        clock.sampled(2, lsn(20));
        clock.sampled(3, lsn(30));

        assertThat(clock.upTo(lsn(9))).isEmpty();
        assertThat(clock.upTo(lsn(20))).hasValue(2);
        assertThat(clock.upTo(lsn(29))).hasValue(2);
        assertThat(clock.upTo(lsn(31))).hasValue(3);
    }

    @Test
    void a_log_that_does_not_grow_is_delivered_up_to_the_last_look() {
        clock.sampled(1, lsn(10));
        assertThat(clock.upTo(lsn(10))).hasValue(1);
        clock.sampled(5, lsn(10));
        assertThat(clock.upTo(lsn(10))).hasValue(5);
    }

    @Test
    void after_a_fail_over_places_that_are_used_again_are_new_ones() {
        clock.sampled(1, lsn(10));
        clock.sampled(2, lsn(50));
        clock.sampled(3, lsn(40));

        assertThat(clock.upTo(lsn(39))).isEmpty();
        assertThat(clock.upTo(lsn(40))).hasValue(3);
    }

    @Test
    void a_stream_that_stands_for_days_is_remembered_in_coarser_steps() {
        for (int i = 1; i <= 100_000; i++) {
            clock.sampled(i, lsn(i));
        }

        assertThat(clock.upTo(lsn(50_000)).orElseThrow()).isBetween(49_700L, 50_000L);
        assertThat(clock.upTo(lsn(100_000)).orElseThrow()).isBetween(99_700L, 100_000L);
        clock.sampled(100_001, lsn(100_001));
        assertThat(clock.upTo(lsn(100_001))).as("once it has caught up").hasValue(100_001);
    }

    private static LogSequenceNumber lsn(long value) {
        return new LogSequenceNumber(value);
    }
}
