package dev.outbox.relay.server.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LatencyTest {

    private final Latency latency = new Latency();

    @Test
    void a_value_is_in_the_first_bucket_whose_bound_it_does_not_exceed() {
        Latency.boundsMillis().forEach(latency::record);
        assertThat(latency.snapshot().counts())
                .startsWith(1L, 1L)
                .endsWith(1L, 0L)
                .hasSize((int) Latency.boundsMillis().count() + 1);

        latency.record(3_600_001);
        latency.record(3);
        assertThat(latency.snapshot().counts()).startsWith(1L, 1L, 2L).endsWith(1L, 1L);
    }

    @Test
    void the_sum_is_that_of_all_and_clocks_that_differ_take_nothing_from_it() {
        latency.record(5);
        latency.record(37);
        latency.record(-1_000);

        assertThat(latency.snapshot().totalMillis()).isEqualTo(42);
        assertThat(latency.snapshot().counts().get(0)).isEqualTo(1);
    }
}
