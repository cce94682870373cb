package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.RecordException.Reason;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final AtomicLong clock = new AtomicLong();
    private final AtomicLong inFlight = new AtomicLong();
    private final Progress progress = new Progress(clock::get);

    @Test
    void a_line_tells_total_rate_and_place() {
        progress.generation(inFlight, () -> LogSequenceNumber.parse("1/A0"));
        progress.relayed(200);
        inFlight.set(3);
        pass(10);

        assertThat(progress.line()).contains("state=STARTING relayed=200 rate=20/s in-flight=3 confirmed=1/A0");
    }

    @Test
    void events_that_did_not_get_to_their_topic_are_told_by_reason() {
        progress.recordErrors().deadLettered(Reason.SIZE, 2);
        progress.recordErrors().deadLettered(Reason.ROW, 1);
        progress.recordErrors().skipped(Reason.TIMESTAMP, 1);
        progress.recordErrors().refused(Reason.TIMESTAMP);
        pass(10);

        String words = " dead-lettered=3(row=1,size=2) skipped=1(timestamp=1) refused=1(timestamp=1)";
        assertThat(progress.line())
                .as("though nothing was relayed")
                .hasValueSatisfying(line -> assertThat(line).endsWith(words));
        assertThat(progress.summary()).endsWith(words);
    }

    @Test
    void there_is_no_line_where_nothing_moves_and_nothing_waits() {
        pass(10);

        assertThat(progress.line()).isEmpty();
    }

    @Test
    void records_without_an_acknowledgement_for_long_are_a_stall() {
        progress.generation(inFlight, () -> LogSequenceNumber.INVALID);
        inFlight.set(1);
        pass(10);
        assertThat(progress.line()).isPresent();
        assertThat(progress.stall()).isEmpty();

        pass(10);
        assertThat(progress.line()).isPresent();
        assertThat(progress.stall()).contains(Duration.ofSeconds(20));

        progress.relayed(1);
        assertThat(progress.line()).isPresent();
        assertThat(progress.stall()).isEmpty();
    }

    @Test
    void acknowledgements_within_a_long_transaction_are_no_stall_though_nothing_is_relayed_yet() {
        progress.generation(inFlight, () -> LogSequenceNumber.INVALID);
        inFlight.set(1);
        for (int i = 0; i < 4; i++) {
            progress.acknowledged();
            pass(10);
            assertThat(progress.line())
                    .hasValueSatisfying(line -> assertThat(line).contains("relayed=0 "));
            assertThat(progress.stall()).isEmpty();
        }
    }

    @Test
    void what_was_confirmed_is_still_known_when_the_generation_has_ended_and_nothing_is_in_flight() {
        progress.generation(inFlight, () -> LogSequenceNumber.parse("0/7"));
        inFlight.set(5);
        progress.ended();

        assertThat(progress.line()).isEmpty();
        assertThat(progress.summary()).isEqualTo("relayed=0 confirmed=0/7");
    }

    private void pass(int seconds) {
        clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
    }
}
