package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.TimelineHistory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether a stream goes on from a checkpoint, by what is found. The checkpoint is at 0/500#3 of timeline 2. */
class ContinuationTest {

    private static final SourceIdentity SOURCE = new SourceIdentity("system", "slot", 11, 12, 13);
    private static final Checkpoint STORED =
            new Checkpoint(SOURCE, new Position(2, lsn("0/500"), 3), lsn("0/540"), lsn("0/530"), 1_700_000_000_000L);

    @Test
    void it_goes_on_where_nothing_has_changed() {
        assertThat(Continuation.of(STORED, found(SOURCE, 2, "0/540", "")))
                .isEqualTo(new Acknowledged(lsn("0/540"), lsn("0/500"), 3, 1_700_000_000_000L));
    }

    @ParameterizedTest(name = "fork at {0}: goes on = {1}")
    @CsvSource({"0/4F0,false", "0/500,false", "0/501,true", "0/530,true", "0/900,true"})
    void on_a_new_timeline_it_goes_on_if_the_last_event_lies_before_the_fork(String fork, boolean goesOn) {
        Found found = found(SOURCE, 3, "0/400", "1\t0/100\tfirst\n2\t" + fork + "\tno recovery target specified\n");

        if (goesOn) {
            assertThat(Continuation.of(STORED, found).confirmableLsn())
                    .isEqualTo(LogSequenceNumber.min(lsn(fork), lsn("0/540")));
        } else {
            assertGap(found, "left timeline 2 before, at " + fork, "after " + fork);
        }
    }

    @Test
    void where_nothing_was_delivered_yet_the_fork_may_be_right_at_the_beginning() {
        Checkpoint beginning = new Checkpoint(SOURCE, new Position(2, lsn("0/500"), -1), lsn("0/500"), lsn("0/500"), 0);

        assertThat(Continuation.of(beginning, found(SOURCE, 3, "0/500", "2\t0/500\tx"))
                        .confirmableLsn())
                .isEqualTo(lsn("0/500"));
    }

    @Test
    void an_ancestor_further_back_decides_as_well() {
        assertThat(Continuation.of(STORED, found(SOURCE, 5, "0/400", "2\t0/600\tx\n3\t0/700\tx\n4\t0/800\tx")))
                .isEqualTo(new Acknowledged(lsn("0/540"), lsn("0/500"), 3, 1_700_000_000_000L));
    }

    @ParameterizedTest(name = "timeline {0}")
    @CsvSource({"1,''", "7,'1\t0/100\tx'"})
    void a_timeline_that_does_not_come_from_the_checkpoints_is_a_gap(int timeline, String history) {
        assertGap(found(SOURCE, timeline, "0/400", history), "does not come from timeline 2", "found it on timeline");
    }

    @Test
    void a_slot_ahead_of_the_checkpoint_was_moved_by_somebody_else() {
        assertGap(found(SOURCE, 2, "0/541", ""), "no further than 0/540", "found it at 0/541", "after 0/530");
    }

    @Test
    void on_a_new_timeline_a_slot_beyond_the_fork_was_moved_by_somebody_else() {
        assertGap(found(SOURCE, 3, "0/520", "2\t0/510\tx"), "no further than 0/510", "found it at 0/520");
    }

    @Test
    void a_log_that_ends_before_the_checkpoint_is_an_older_copy() {
        Found found = new Found("here", SOURCE, 2, lsn("0/300"), lsn("0/53F"), false, timeline -> TimelineHistory.NONE);

        assertGap(found, "restored from an older copy", "after 0/300");
    }

    @ParameterizedTest(name = "log ends at {0}: goes on = {1}")
    @CsvSource({"0/4FF,false", "0/500,false", "0/501,true"})
    void a_log_that_ends_before_the_event_delivered_last_inside_a_transaction_is_an_older_copy(
            String currentLsn, boolean goesOn) {
        Checkpoint inside = new Checkpoint(SOURCE, new Position(2, lsn("0/500"), 3), lsn("0/400"), lsn("0/530"), 0);
        Found found =
                new Found("here", SOURCE, 2, lsn("0/300"), lsn(currentLsn), false, timeline -> TimelineHistory.NONE);

        if (goesOn) {
            assertThat(Continuation.of(inside, found)).isEqualTo(new Acknowledged(lsn("0/400"), lsn("0/500"), 3, 0));
        } else {
            assertThatThrownBy(() -> Continuation.of(inside, found))
                    .isInstanceOf(GapException.class)
                    .hasMessageContaining("beyond the checkpoint's 0/500")
                    .hasMessageContaining("restored from an older copy");
        }
    }

    @ParameterizedTest(name = "fork at {0}: goes on = {1}")
    @CsvSource({"0/450,false", "0/500,false", "0/501,true"})
    void inside_a_transaction_the_fork_is_compared_with_that_transaction(String fork, boolean goesOn) {
        Checkpoint inside = new Checkpoint(SOURCE, new Position(2, lsn("0/500"), 3), lsn("0/400"), lsn("0/530"), 0);
        Found found = found(SOURCE, 3, "0/400", "2\t" + fork + "\tx");

        if (goesOn) {
            assertThat(Continuation.of(inside, found)).isEqualTo(new Acknowledged(lsn("0/400"), lsn("0/500"), 3, 0));
        } else {
            assertThatThrownBy(() -> Continuation.of(inside, found)).hasMessageContaining("left timeline 2 before");
        }
    }

    @Test
    void a_standby_may_lag() {
        Found found = new Found("here", SOURCE, 2, lsn("0/300"), lsn("0/53F"), true, timeline -> TimelineHistory.NONE);

        assertThat(Continuation.of(STORED, found).confirmableLsn()).isEqualTo(lsn("0/540"));
    }

    @ParameterizedTest(name = "{4}")
    @CsvSource({
        "other,11,12,13,system identifier system",
        "system,21,12,13,publication of OID 11",
        "system,11,22,13,entry in the publication of OID 12",
        "system,11,-1,13,found none: it was dropped",
        "system,11,12,23,table of OID 13",
    })
    void what_is_not_what_it_was_is_named(String system, long publication, long entry, long table, String expected) {
        SourceIdentity identity = new SourceIdentity(system, "slot", publication, entry, table);

        assertGap(found(identity, 2, "0/540", ""), expected, "after 0/530 (2023-11-14T22:13:20Z)", "accept the gap");
    }

    @Test
    void accepting_skips_what_is_known_to_be_delivered() {
        SourceIdentity anew = new SourceIdentity("system", "slot", 21, 12, 13);

        assertThat(Continuation.accepting(STORED, found(anew, 2, "0/600", "")))
                .isEqualTo(new Acknowledged(lsn("0/600"), lsn("0/500"), 3, 1_700_000_000_000L));
    }

    @Test
    void accepting_begins_at_the_slot_where_the_checkpoint_says_nothing() {
        Acknowledged slot = Acknowledged.at(lsn("0/600"));

        assertThat(Continuation.accepting(STORED, found(SOURCE, 3, "0/600", "")))
                .isEqualTo(slot);
        assertThat(Continuation.accepting(
                        STORED, found(new SourceIdentity("other", "slot", 11, 12, 13), 2, "0/600", "")))
                .isEqualTo(slot);
    }

    @ParameterizedTest(name = "slot at {0}: goes on behind {1}")
    @CsvSource({"0/300,0/400", "0/600,0/600"})
    void accepting_a_lost_branch_skips_what_came_before_the_fork(String slotLsn, String goesOn) {
        assertThat(Continuation.accepting(STORED, found(SOURCE, 3, slotLsn, "2\t0/400\tx")))
                .isEqualTo(Acknowledged.at(lsn(goesOn)));
    }

    @Test
    void a_line_that_is_no_history_is_refused() {
        assertThat(TimelineHistory.parse("# comment\n\n1\t0/A0\tno reason\n").fork(1))
                .contains(lsn("0/A0"));
        assertThatThrownBy(() -> TimelineHistory.parse("1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("found \"1\"");
        assertThatThrownBy(() -> TimelineHistory.parse("x\t0/1")).isInstanceOf(IllegalArgumentException.class);
    }

    private static void assertGap(Found found, String... parts) {
        assertThatThrownBy(() -> Continuation.of(STORED, found))
                .isInstanceOf(GapException.class)
                .message()
                .contains(parts);
    }

    private static Found found(SourceIdentity identity, int timeline, String slotLsn, String history) {
        return new Found(
                "here",
                identity,
                timeline,
                lsn(slotLsn),
                lsn("0/1000"),
                false,
                asked -> TimelineHistory.parse(history));
    }

    private static LogSequenceNumber lsn(String text) {
        return LogSequenceNumber.parse(text);
    }
}
