package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.RecordException.Reason;
import dev.outbox.relay.server.status.Paused;
import dev.outbox.relay.server.status.StreamState;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {

    private final HandClock clock = new HandClock();
    private final EngineStub engine = new EngineStub();
    private final AtomicLong inFlight = new AtomicLong();
    private final Progress progress = new Progress("shop", engine::progress, clock::nanos, clock);
    private final ProgressLines lines = new ProgressLines(progress, clock::nanos);

    @Test
    void a_line_tells_total_rate_and_place() {
        progress.generation(inFlight, () -> 0);
        engine.confirmed = 0x1_0000_00A0L;
        progress.relayed(200, 2_000);
        inFlight.set(3);
        clock.pass(10);

        assertThat(lines.line()).contains("state=STARTING relayed=200 rate=20/s in-flight=3 confirmed=1/A0");
    }

    @Test
    void events_that_did_not_get_to_their_topic_are_told_by_reason() {
        progress.recordErrors().deadLettered(Reason.SIZE, 2);
        progress.recordErrors().deadLettered(Reason.ROW, 1);
        progress.recordErrors().skipped(Reason.TIMESTAMP, 1);
        progress.recordErrors().refused(Reason.TIMESTAMP);
        clock.pass(10);

        String words = " dead-lettered=3(row=1,size=2) skipped=1(timestamp=1) refused=1(timestamp=1)";
        assertThat(lines.line())
                .as("though nothing was relayed")
                .hasValueSatisfying(line -> assertThat(line).endsWith(words));
        assertThat(lines.summary()).endsWith(words);
    }

    @Test
    void there_is_no_line_where_nothing_moves_and_nothing_waits_but_for_one_a_minute_while_it_does_not_run() {
        progress.enter(StreamState.RUNNING);
        clock.pass(600);
        assertThat(lines.line()).isEmpty();

        progress.enter(StreamState.STANDBY);
        assertThat(lines.line()).hasValueSatisfying(line -> assertThat(line).startsWith("state=STANDBY "));
        clock.pass(59);
        assertThat(lines.line()).isEmpty();
        clock.pass(1);
        assertThat(lines.line()).isPresent();
    }

    @Test
    void a_paused_stream_warns_once_a_minute_of_what_its_slot_retains() {
        progress.enterPaused(new Paused("ann", HandClock.START));
        clock.pass(59);
        assertThat(lines.pauseWarning()).isEmpty();
        clock.pass(1);
        progress.lookedAt(new SlotStatus(
                clock.millis(),
                new LogSequenceNumber(5_000),
                new LogSequenceNumber(2_000),
                new LogSequenceNumber(1_000),
                "extended",
                OptionalLong.of(700),
                false));

        assertThat(lines.pauseWarning())
                .contains(
                        "Paused since 2026-03-01T12:00:00Z by ann: nothing is relayed, and the slot retains 4000 bytes"
                                + " of WAL (wal_status extended); after another 700 it is in danger of being lost.");
        clock.pass(59);
        assertThat(lines.pauseWarning()).isEmpty();
        clock.pass(1);
        assertThat(lines.pauseWarning())
                .hasValueSatisfying(words -> assertThat(words).contains("how much, the database does not say"));
        progress.enter(StreamState.RUNNING);
        clock.pass(60);
        assertThat(lines.pauseWarning()).isEmpty();
    }

    @Test
    void what_was_confirmed_is_still_known_while_the_next_generation_starts() {
        engine.confirmed = 7;
        assertThat(lines.summary()).isEqualTo("relayed=0 confirmed=0/7");
        engine.confirmed = 0;

        assertThat(lines.summary()).isEqualTo("relayed=0 confirmed=0/7");
    }
}
