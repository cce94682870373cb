package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.config.RetryDelays;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void delays_double_up_to_the_longest() {
        Backoff backoff = backoff(always(0.5));

        assertThat(java.util.stream.Stream.generate(() -> fail(backoff))
                        .limit(8)
                        .map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L, 30L);
    }

    @Test
    void a_delay_is_a_fifth_shorter_or_longer_at_most_and_never_longer_than_the_longest() {
        assertThat(fail(backoff(always(0)))).isEqualTo(Duration.ofMillis(800));
        assertThat(fail(backoff(always(1)))).isEqualTo(Duration.ofMillis(1200));

        Backoff backoff = backoff(new Random(42));
        for (int i = 0; i < 1000; i++) {
            assertThat(fail(backoff)).isBetween(Duration.ofMillis(800), LONGEST);
        }
    }

    @Test
    void an_attempt_that_held_longer_than_the_longest_delay_begins_anew() {
        Backoff backoff = backoff(always(0.5));
        fail(backoff);
        fail(backoff);

        backoff.attempt();
        clock.addAndGet(LONGEST.toNanos() + 1);

        assertThat(backoff.delay()).isEqualTo(FIRST);
    }

    @Test
    void an_attempt_that_fails_before_that_does_not() {
        Backoff backoff = backoff(always(0.5));
        fail(backoff);

        backoff.attempt();
        clock.addAndGet(LONGEST.toNanos());

        assertThat(backoff.delay()).isEqualTo(FIRST.multipliedBy(2));
    }

    private Backoff backoff(RandomGenerator random) {
        return new Backoff(new RetryDelays(FIRST, LONGEST), clock::get, random);
    }

    private static Duration fail(Backoff backoff) {
        backoff.attempt();
        return backoff.delay();
    }

    private static RandomGenerator always(double value) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                throw new UnsupportedOperationException();
            }

            @Override
            public double nextDouble() {
                return value;
            }
        };
    }
}
