package dev.outbox.relay.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Times are in milliseconds. */
class GulpsTest {

    private static final int MEGABYTE = 1_000_000;

    private final Gulps gulps = new Gulps(0);

    @Test
    void a_stream_that_has_just_begun_is_read_at_once() {
        gulps.read(MEGABYTE, at(5));

        assertThat(gulps.isBehind(at(5))).isFalse();
    }

    @Test
    void where_much_arrives_the_socket_is_left_to_fill() {
        gulps.read(MEGABYTE, at(20));

        assertThat(gulps.isBehind(at(21))).isTrue();
    }

    @Test
    void five_hundred_transactions_a_second_are_read_at_once() {
        for (int millis = 2; millis < 10_000; millis += 2) {
            gulps.read(1_000, at(millis));
            assertThat(gulps.isBehind(at(millis))).isFalse();
        }
    }

    @Test
    void what_comes_after_a_burst_is_read_at_once() {
        gulps.read(MEGABYTE, at(20));

        assertThat(gulps.isBehind(at(60))).isFalse();
    }

    @Test
    void a_stream_that_has_caught_up_is_read_at_once_again() {
        gulps.read(MEGABYTE, at(20));
        gulps.read(1_000, at(40));

        assertThat(gulps.isBehind(at(41))).isFalse();
    }

    @Test
    void the_first_read_after_a_burst_says_that_it_is_over() {
        gulps.read(MEGABYTE, at(20));
        assertThat(gulps.isBehind()).isTrue();

        gulps.read(1_000, at(500));
        assertThat(gulps.isBehind()).isFalse();
    }

    private static long at(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
