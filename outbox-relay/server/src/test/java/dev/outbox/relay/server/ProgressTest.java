package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.server.RecordException.Reason;
import dev.outbox.relay.server.status.Paused;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.StreamStatus;
import dev.outbox.relay.server.status.StreamStatus.Failure;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final HandClock clock = new HandClock();
    private final EngineStub engine = new EngineStub();
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicLong retries = new AtomicLong();
    private final Progress progress = new Progress("shop", engine::progress, clock::nanos, clock);

    @Test
    void a_state_is_known_with_the_time_since_when() {
        clock.pass(5);
        assertThat(progress.enter(StreamState.RUNNING)).isTrue();
        clock.pass(5);
        assertThat(progress.enter(StreamState.RUNNING)).as("it was").isFalse();

        assertThat(progress.status().name()).isEqualTo("shop");
        assertThat(progress.status().state()).isEqualTo(StreamState.RUNNING);
        assertThat(progress.status().since()).isEqualTo(HandClock.START.plusSeconds(5));
    }

    @Test
    void a_stream_that_has_failed_stays_so_at_its_end() {
        progress.enter(StreamState.FAILED);
        progress.end();
        assertThat(progress.state()).isEqualTo(StreamState.FAILED);

        progress.enter(StreamState.RUNNING);
        progress.end();
        assertThat(progress.state()).isEqualTo(StreamState.STOPPED);
    }

    @Test
    void what_goes_through_is_counted_over_all_generations() {
        progress.enter(StreamState.RUNNING);
        progress.generation(inFlight, retries::get);
        inFlight.set(3);
        retries.set(2);
        for (int i = 0; i < 200; i++) {
            progress.relayed(1, 10);
        }
        clock.pass(10);

        StreamStatus.Traffic traffic = progress.status().traffic();
        assertThat(traffic.events()).isEqualTo(200);
        assertThat(traffic.bytes()).isEqualTo(2_000);
        assertThat(traffic.eventsPerSecond()).isEqualTo(20);
        assertThat(traffic.bytesPerSecond()).isEqualTo(200);
        assertThat(traffic.inFlightEvents()).isEqualTo(3);
        assertThat(traffic.inFlightBytes()).isEqualTo(4_711);

        progress.ended();
        progress.generation(new AtomicLong(), () -> 5);
        assertThat(progress.status().traffic().inFlightEvents()).isZero();
        assertThat(progress.status().troubles().retries()).isEqualTo(7);
    }

    @Test
    void errors_and_restarts_are_counted_and_the_last_error_is_kept() {
        progress.attempt();
        progress.failed("one");
        progress.attempt();
        clock.pass(7);
        progress.failed("two");
        progress.attempt();
        progress.enter(StreamState.RUNNING);

        assertThat(progress.status().troubles().errors()).isEqualTo(2);
        assertThat(progress.status().troubles().restarts()).isEqualTo(2);
        assertThat(progress.status().lastError()).contains(new Failure("two", HandClock.START.plusSeconds(7)));
    }

    @Test
    void what_did_not_get_to_its_topic_is_counted_by_reason() {
        progress.recordErrors().deadLettered(Reason.SIZE, 1);
        progress.recordErrors().skipped(Reason.ROW, 1);
        progress.recordErrors().refused(Reason.TOPIC);

        StreamStatus.Troubles troubles = progress.status().troubles();
        assertThat(troubles.deadLettered()).isEqualTo(reasons("size"));
        assertThat(troubles.skipped()).isEqualTo(reasons("row"));
        assertThat(troubles.refused()).isEqualTo(reasons("topic"));
    }

    private static Map<String, Long> reasons(String one) {
        return java.util.stream.Stream.of("row", "size", "timestamp", "topic", "record")
                .collect(java.util.stream.Collectors.toMap(word -> word, word -> word.equals(one) ? 1L : 0L));
    }

    @Test
    void there_is_no_lag_where_all_of_the_log_is_acknowledged_and_nothing_is_in_flight() {
        running(100, 100, 0);

        assertThat(progress.status().lag().bytes()).hasValue(0);
        assertThat(progress.status().lag().seconds()).hasValue(0);
    }

    @Test
    void in_a_catch_up_the_lag_is_the_time_since_the_commit_acknowledged_last() {
        running(1_000, 100, HandClock.START.minusSeconds(60).toEpochMilli());

        assertThat(progress.status().lag().bytes()).hasValue(900);
        assertThat(progress.status().lag().seconds()).hasValue(60);
    }

    @Test
    void after_an_idle_hour_the_first_event_does_not_make_a_lag_of_an_hour() {
        running(100, 100, HandClock.START.toEpochMilli());
        progress.status();
        clock.pass(3_600);
        engine.slot = Optional.of(EngineStub.slot(clock.millis() - 2_000, 100, 100));
        progress.status();
        engine.slot = Optional.of(EngineStub.slot(clock.millis(), 200, 100));

        assertThat(progress.status().lag().seconds()).hasValue(2);
    }

    @Test
    void a_lag_is_unknown_where_nothing_was_ever_known_to_be_delivered() {
        running(1_000, 100, 0);

        assertThat(progress.status().lag().seconds()).isEmpty();
    }

    @Test
    void while_another_relay_streams_the_slot_says_how_far_it_is() {
        running(1_000, 100, 0);
        progress.enter(StreamState.STANDBY);
        clock.pass(1);
        progress.lookedAt(EngineStub.slot(clock.millis(), 1_000, 990));

        assertThat(progress.status().lag().bytes()).hasValue(10);
    }

    @Test
    void of_two_looks_at_the_slot_the_newer_counts_and_an_old_one_does_not() {
        SlotStatus older = EngineStub.slot(clock.millis(), 100, 90);
        SlotStatus newer = EngineStub.slot(clock.millis() + 1, 200, 190);
        engine.slot = Optional.of(older);
        progress.lookedAt(newer);
        assertThat(progress.status().slot()).contains(newer);

        engine.slot = Optional.of(newer);
        progress.lookedAt(older);
        assertThat(progress.status().slot()).contains(newer);

        clock.pass(31);
        assertThat(progress.status().slot()).isEmpty();
        assertThat(progress.status().lag().bytes()).isEmpty();
    }

    @Test
    void a_thread_that_gives_no_sign_of_life_for_ten_minutes_is_dead_unless_it_rests() {
        clock.pass(599);
        assertThat(progress.isAlive()).isTrue();
        clock.pass(1);
        assertThat(progress.isAlive()).isFalse();

        progress.moves();
        assertThat(progress.isAlive()).isTrue();
        progress.rests();
        clock.pass(100_000);
        assertThat(progress.isAlive()).isTrue();
    }

    @Test
    void a_pause_is_known_with_who_and_when_until_it_ends() {
        Paused paused = new Paused("ann", HandClock.START);
        assertThat(progress.enterPaused(paused)).isTrue();
        assertThat(progress.enterPaused(paused)).isFalse();
        assertThat(progress.enterPaused(new Paused("bob", HandClock.START))).isTrue();
        assertThat(progress.status().paused()).contains(new Paused("bob", HandClock.START));

        progress.enter(StreamState.RUNNING);
        assertThat(progress.status().paused()).isEmpty();
    }

    @Test
    void a_stream_is_ready_when_it_has_nothing_to_do() {
        running(100, 100, 0);
        pass(600, () -> {});

        assertThat(progress.status().health().ready()).isTrue();
    }

    @Test
    void a_stream_whose_records_are_not_acknowledged_is_not_ready() {
        running(100, 100, 0);
        progress.generation(inFlight, retries::get);
        inFlight.set(1);
        pass(19, () -> {});
        assertThat(progress.status().health().ready()).isTrue();
        assertThat(progress.brokersSilent()).isEmpty();

        pass(1, () -> {});
        assertThat(progress.status().health())
                .isEqualTo(new StreamStatus.Health(false, "no acknowledgement from the brokers for 20 s"));
        assertThat(progress.brokersSilent()).isPresent();

        progress.acknowledged(0);
        assertThat(progress.status().health().ready()).isTrue();
    }

    @Test
    void acknowledgements_within_a_long_transaction_are_progress_though_nothing_is_relayed_yet() {
        running(100, 100, 0);
        progress.generation(inFlight, retries::get);
        inFlight.set(1);
        pass(60, () -> progress.acknowledged(0));

        assertThat(progress.status().traffic().events()).isZero();
        assertThat(progress.status().health().ready()).isTrue();
    }

    @Test
    void dead_letters_are_progress_too() {
        running(100, 100, 0);
        progress.generation(inFlight, retries::get);
        inFlight.set(1);
        pass(60, () -> progress.recordErrors().deadLettered(Reason.ROW, 1));

        assertThat(progress.status().health().ready()).isTrue();
    }

    @Test
    void a_stream_that_is_behind_and_gets_nothing_from_the_server_is_not_ready() {
        running(1_000, 100, 0);
        pass(59, () -> slotNow(1_000));
        assertThat(progress.status().health().ready()).isTrue();

        pass(1, () -> slotNow(1_000));
        assertThat(progress.status().health())
                .isEqualTo(new StreamStatus.Health(false, "nothing from the database for 60 s"));

        engine.received++;
        assertThat(progress.status().health().ready()).isTrue();
    }

    @Test
    void only_a_stream_that_relays_stands_by_or_is_paused_is_ready() {
        assertThat(java.util.Arrays.stream(StreamState.values()).filter(state -> {
                    progress.enter(state);
                    return progress.status().health().ready();
                }))
                .containsExactly(StreamState.STANDBY, StreamState.RUNNING, StreamState.PAUSED);
    }

    private void running(long server, long acknowledged, long committedAtMillis) {
        progress.enter(StreamState.RUNNING);
        engine.received = acknowledged;
        engine.acknowledged = acknowledged;
        engine.committedAtMillis = committedAtMillis;
        slotNow(server);
    }

    private void slotNow(long server) {
        engine.slot = Optional.of(EngineStub.slot(clock.millis(), server, engine.acknowledged));
    }

    /** Looks every second, as the process does. */
    private void pass(int seconds, Runnable each) {
        for (int i = 0; i < seconds; i++) {
            progress.status();
            clock.pass(1);
            each.run();
        }
        Instant unused = progress.status().since();
    }
}
