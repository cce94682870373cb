package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.relay.RelayException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

/** Of several failures, the one that an attempt ends with is the first that names the cause. */
class FirstFailureTest {

    private final RelayException batchMate = failure(new KafkaException("part of a batch with invalid records"));
    private final RelayException closed = failure(new IllegalStateException("producer has been closed"));
    private final RelayException cause = failure(new InvalidTimestampException("out of range"));
    private final RelayException otherCause = failure(new RecordTooLargeException("too large"));

    private final FirstFailure failure = new FirstFailure();

    @Test
    void the_first_that_names_its_cause_stays() {
        assertThat(failure.note(cause)).isTrue();
        assertThat(failure.note(otherCause)).isFalse();

        assertThatThrownBy(failure::throwIfNoted).isSameAs(cause);
    }

    @Test
    void what_a_batch_mate_is_told_makes_way_for_the_cause() {
        assertThat(failure.note(batchMate)).isTrue();
        assertThat(failure.note(cause)).isFalse();

        assertThatThrownBy(failure::throwIfNoted).isSameAs(cause);
    }

    /** The producer is closed for the batch mate already, while the cause is still to be told. */
    @Test
    void what_meets_the_closed_producer_in_between_does_not_hide_the_cause() {
        assertThat(failure.note(batchMate)).isTrue();
        assertThat(failure.note(closed)).isFalse();
        assertThat(failure.note(cause)).isFalse();

        assertThatThrownBy(failure::throwIfNoted).isSameAs(cause);
    }

    @Test
    void nothing_is_thrown_before_anything_failed() {
        assertThat(failure.isNoted()).isFalse();
        failure.throwIfNoted();
    }

    private static RelayException failure(Exception cause) {
        return new RelayException("What failed.", true, cause);
    }
}
