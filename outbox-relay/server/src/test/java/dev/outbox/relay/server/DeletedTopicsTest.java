package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.relay.Position;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

class DeletedTopicsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HandClock clock = new HandClock();
    private List<String> gone = List.of("shop.Order");
    private int asked;
    private long received = 100;
    private long confirmed = 50;
    private final DeletedTopics topics = new DeletedTopics(this::missing, this::progress, PATIENCE, clock::nanos);

    private List<String> missing() {
        asked++;
        return gone;
    }

    private Optional<StreamProgress> progress() {
        LogSequenceNumber confirmedLsn = new LogSequenceNumber(confirmed);
        return Optional.of(new StreamProgress(
                new LogSequenceNumber(received),
                new Position(1, confirmedLsn, 0),
                confirmedLsn,
                0,
                confirmedLsn,
                0,
                Optional.empty()));
    }

    private void lookFor(int seconds) {
        for (int i = 0; i < seconds; i++) {
            clock.pass(1);
            topics.look();
        }
    }

    @Test
    void a_topic_that_is_gone_ends_a_stream_that_stands_still() {
        lookFor(30);
        assertThat(asked).isZero();

        assertThatThrownBy(() -> lookFor(6))
                .isInstanceOf(RelayException.class)
                .hasMessageContaining("don't have shop.Order any more")
                .extracting(e -> ((RelayException) e).retriable())
                .isEqualTo(true);
    }

    @Test
    void a_stream_that_moves_or_has_nothing_to_do_asks_nobody() {
        for (int i = 0; i < 10; i++) {
            lookFor(20);
            confirmed++;
        }
        confirmed = received;
        lookFor(300);

        assertThat(asked).isZero();
    }

    @Test
    void topics_that_are_there_and_brokers_that_do_not_answer_are_waited_for() {
        gone = List.of();
        lookFor(100);
        assertThat(asked).isBetween(2, 3);

        DeletedTopics unanswered = new DeletedTopics(
                () -> {
                    throw new TimeoutException("no answer");
                },
                this::progress,
                PATIENCE,
                clock::nanos);
        unanswered.requireThere();
    }
}
