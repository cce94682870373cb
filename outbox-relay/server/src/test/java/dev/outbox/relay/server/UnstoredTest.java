package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Position;
import dev.outbox.relay.SourceIdentity;
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
        unstored.stored(checkpoint(7, 0, 7));
        unstored.sent(at(1, 7, 5));
        assertThat(unstored.isNothing()).isFalse();

        unstored.stored(checkpoint(7, 4, 7));
        assertThat(unstored.isNothing()).isFalse();
        unstored.stored(checkpoint(7, 5, 7));
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

    @Test
    void what_was_sent_on_a_branch_that_is_lost_never_comes_again() {
        unstored.sent(at(1, 90, 3));
        unstored.begins(new LogSequenceNumber(50));
        assertThat(unstored.isRepeatedBy(at(2, 49, 0))).isFalse();
        assertThat(unstored.isRepeatedBy(at(2, 50, 0))).isTrue();
    }

    @Test
    void what_lies_before_the_end_of_the_log_may_come_again() {
        unstored.sent(at(1, 90, 3));
        unstored.begins(new LogSequenceNumber(90));

        assertThat(unstored.isRepeatedBy(at(2, 90, 2))).isFalse();
    }

    @Test
    void a_log_without_events_behind_leaves_nothing_to_repeat() {
        unstored.sent(at(1, 90, 3));
        unstored.stored(checkpoint(40, 1, 90));
        assertThat(unstored.isNothing()).isFalse();

        unstored.stored(checkpoint(40, 1, 91));
        assertThat(unstored.isNothing()).isTrue();
    }

    private static Checkpoint checkpoint(long commitLsn, long index, long confirmableLsn) {
        LogSequenceNumber confirmable = new LogSequenceNumber(confirmableLsn);
        return new Checkpoint(
                new SourceIdentity("system", "slot", 1, 2, 3), at(1, commitLsn, index), confirmable, confirmable, 0);
    }

    private static Position at(int timeline, long commitLsn, long index) {
        return new Position(timeline, new LogSequenceNumber(commitLsn), index);
    }
}
