package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.Position;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.RecordException.Reason;
import java.time.Clock;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TallyTest {

    private final Progress progress = new Progress("shop", Optional::empty, () -> 0, Clock.systemUTC());
    private final ProgressLines lines = new ProgressLines(progress, () -> 0);

    @Test
    void with_transactions_events_count_once_they_are_committed_and_what_was_aborted_does_not() {
        Tally aborted = new Tally(progress, true);
        aborted.relayed(10);
        aborted.deadLettered(Reason.SIZE, at(1));
        aborted.skipped(Reason.ROW, at(2));
        assertThat(figures()).isEqualTo("relayed=0");

        Tally again = new Tally(progress, true);
        again.relayed(10);
        again.deadLettered(Reason.SIZE, at(1));
        again.skipped(Reason.ROW, at(2));
        again.stored(at(2));
        again.stored(at(2));

        assertThat(figures()).isEqualTo("relayed=1 dead-lettered=1(size=1) skipped=1(row=1)");
    }

    @Test
    void without_transactions_a_record_counts_at_its_acknowledgement() {
        Tally tally = new Tally(progress, false);
        tally.relayed(10);
        tally.relayed(10);

        assertThat(figures()).isEqualTo("relayed=2");
        assertThat(progress.status().traffic().bytes()).isEqualTo(20);
    }

    @Test
    void a_diverted_event_counts_once_the_position_has_passed_it() {
        Tally tally = new Tally(progress, false);
        tally.skipped(Reason.ROW, at(1));
        tally.deadLettered(Reason.ROW, at(2));
        tally.skipped(Reason.SIZE, at(4));
        assertThat(figures()).isEqualTo("relayed=0");

        tally.stored(at(3));
        assertThat(figures()).isEqualTo("relayed=0 dead-lettered=1(row=1) skipped=1(row=1)");

        tally.stored(at(4));
        assertThat(figures()).isEqualTo("relayed=0 dead-lettered=1(row=1) skipped=2(row=1,size=1)");
    }

    @Test
    void many_in_a_row_are_counted_together_and_none_twice() {
        Tally tally = new Tally(progress, false);
        for (int i = 0; i < 2_500; i++) {
            tally.skipped(Reason.ROW, at(i));
        }
        tally.stored(at(999));
        assertThat(figures()).isEqualTo("relayed=0 skipped=1000(row=1000)");

        tally.stored(at(2_499));
        assertThat(figures()).isEqualTo("relayed=0 skipped=2500(row=2500)");
    }

    private String figures() {
        return lines.summary().replace(" confirmed=0/0", "");
    }

    private static Position at(long index) {
        return new Position(1, new LogSequenceNumber(7), index);
    }
}
