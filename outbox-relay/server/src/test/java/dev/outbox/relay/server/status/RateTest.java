package dev.outbox.relay.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class RateTest {

    private static final long SECOND = 1_000_000_000;

    private final Rate rate = new Rate(0);

    @Test
    void it_is_that_of_the_last_seconds_and_not_of_the_whole_life() {
        long count = 0;
        for (int second = 1; second <= 60; second++) {
            count += 100;
            rate.perSecond(second * SECOND, count);
        }
        assertThat(rate.perSecond(60 * SECOND, count)).isEqualTo(100);
        for (int second = 61; second <= 65; second++) {
            rate.perSecond(second * SECOND, count);
        }
        assertThat(rate.perSecond(65 * SECOND, count)).isCloseTo(50, Offset.offset(10.0));
        for (int second = 66; second <= 80; second++) {
            rate.perSecond(second * SECOND, count);
        }
        assertThat(rate.perSecond(80 * SECOND, count)).isZero();
    }

    @Test
    void asking_more_often_changes_nothing() {
        for (int tenth = 1; tenth <= 1_000; tenth++) {
            rate.perSecond(tenth * SECOND / 10, 5L * tenth);
        }

        assertThat(rate.perSecond(100 * SECOND, 5_000)).isEqualTo(50);
    }

    @Test
    void there_is_none_before_time_has_passed() {
        assertThat(rate.perSecond(0, 10)).isZero();
    }
}
