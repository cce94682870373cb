package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class AckTimeoutTest {

    private final AtomicLong clock = new AtomicLong(-5);
    private final AckTimeout timeout = new AckTimeout(Optional.of(Duration.ofSeconds(10)), clock::get);

    @Test
    void a_record_that_waits_for_longer_than_the_limit_is_noticed() {
        AtomicLong waiting = timeout.sending();
        pass(Duration.ofSeconds(10));
        assertThat(timeout.overdue()).isEmpty();

        pass(Duration.ofMillis(1));

        assertThat(timeout.overdue())
                .hasValueSatisfying(overdue -> assertThat(overdue)
                        .hasMessageContaining("within 10000 ms (ack-timeout)")
                        .hasMessageContaining("waiting for 10001 ms"));
        AckTimeout.answered(waiting);
        assertThat(timeout.overdue()).isEmpty();
    }

    @Test
    void one_that_waits_is_noticed_among_others_that_are_acknowledged_later_and_earlier() {
        List<AtomicLong> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(timeout.sending());
            pass(Duration.ofMillis(20));
        }
        for (int i = 0; i < 100; i++) {
            if (i != 70) {
                AckTimeout.answered(sent.get(i));
            }
        }
        pass(Duration.ofMillis(20 * 70 + 10_000 - 2_000 - 1_000));
        assertThat(timeout.overdue()).isEmpty();

        pass(Duration.ofMillis(1_100));

        assertThat(timeout.overdue()).isPresent();
    }

    @Test
    void records_that_are_acknowledged_in_time_may_go_on_for_ever() {
        for (int i = 0; i < 1_000; i++) {
            AtomicLong sent = timeout.sending();
            pass(Duration.ofSeconds(9));
            assertThat(timeout.overdue()).isEmpty();
            AckTimeout.answered(sent);
        }
    }

    @Test
    void without_a_limit_a_record_may_wait_for_ever() {
        AckTimeout never = new AckTimeout(Optional.empty(), clock::get);
        never.sending();
        pass(Duration.ofDays(300));

        assertThat(never.overdue()).isEmpty();
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }
}
