package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.Position;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import org.junit.jupiter.api.Test;

class UnstoredTest {

    private final Unstored unstored = new Unstored();

    @Test
    void a_stream_that_has_sent_nothing_owes_nothing() {
        assertThat(unstored.isNothing()).isTrue();
        assertThat(unstored.isRepeatedBy(at(1, 7, 0))).isTrue();
    }

    @Test
    void what_was_sent_comes_again_until_it_is_stored() {
        unstored.stored(at(1, 7, 0));
        unstored.sent(at(1, 7, 5));
        assertThat(unstored.isNothing()).isFalse();

        unstored.stored(at(1, 7, 4));
        assertThat(unstored.isNothing()).isFalse();
        unstored.stored(at(1, 7, 5));
        assertThat(unstored.isNothing()).isTrue();
    }

    @Test
    void an_attempt_that_did_not_come_as_far_as_the_one_before_leaves_as_much() {
        unstored.sent(at(1, 8, 0));
        unstored.sent(at(1, 7, 9));

        assertThat(unstored.isRepeatedBy(at(1, 7, 9))).isFalse();
        assertThat(unstored.isRepeatedBy(at(1, 8, 0))).isTrue();
    }

    @Test
    void on_a_new_timeline_it_is_the_place_that_counts() {
        unstored.sent(at(1, 8, 0));

        assertThat(unstored.isRepeatedBy(at(2, 7, 0))).isFalse();
        assertThat(unstored.isRepeatedBy(at(2, 8, 1))).isTrue();
    }

    private static Position at(int timeline, long commitLsn, long index) {
        return new Position(timeline, new LogSequenceNumber(commitLsn), index);
    }
}
