package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.server.status.ManagedStream.Answer;
import dev.outbox.relay.server.status.ManagedStream.Outcome;
import dev.outbox.relay.server.status.StreamState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are paused, resumed and restarted by people. */
class PauseTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration A_WHILE = Duration.ofSeconds(3);

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void a_paused_stream_gives_its_slot_back_and_relays_nothing_until_it_is_resumed(String mode) {
        Shop shop = Shop.withOutbox();
        Topic topic = new Topic(shop.topic("Order"));
        try (RunningStream stream = new RunningStream(shop.yaml("partitions: 1", "delivery: " + mode))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            topic.committedValues(1);

            assertThat(stream.managed().pause("ann")).isEqualTo(Answer.DONE);
            assertThat(stream.state()).isEqualTo(StreamState.PAUSED);
            assertThat(stream.managed().status().paused())
                    .hasValueSatisfying(paused -> assertThat(paused.by()).isEqualTo("ann"));
            assertThat(active(shop)).isEqualTo("f");
            shop.event("Order", "1", "'2'");
            await().during(A_WHILE).until(() -> active(shop), "f"::equals);
            assertThat(topic.committedValues(1)).containsExactly("1");

            assertThat(stream.managed().resume("ann")).isEqualTo(Answer.DONE);
            assertThat(stream.state()).isEqualTo(StreamState.RUNNING);
            assertThat(topic.committedValues(2)).containsExactly("1", "2");
            assertThat(stream.log()).noneMatch(line -> line.contains("ERROR"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void a_pause_survives_the_process_and_so_does_its_end(String mode) {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml("partitions: 1", "delivery: " + mode);
        try (RunningStream stream = new RunningStream(yaml)) {
            StreamTest.awaitRelaying(stream);
            assertThat(stream.managed().pause("ann")).isEqualTo(Answer.DONE);
            assertThat(stream.stop()).as("nothing is left to be sent again").isTrue();
        }
        shop.event("Order", "1", "'1'");
        try (RunningStream stream = new RunningStream(yaml)) {
            await().atMost(LIMIT).until(stream::state, StreamState.PAUSED::equals);
            assertThat(stream.managed().status().paused())
                    .hasValueSatisfying(paused -> assertThat(paused.by()).isEqualTo("ann"));
            StreamTest.awaitLog(stream, "Paused since", "by ann", "outbox-relay resume --config relay.yaml --stream");
            assertThat(stream.managed().resume("bob")).isEqualTo(Answer.DONE);
        }
        try (RunningStream stream = new RunningStream(yaml)) {
            StreamTest.awaitRelaying(stream);
            assertThat(new Topic(shop.topic("Order")).committedValues(1)).containsExactly("1");
        }
    }

    @Test
    void a_paused_stream_starts_paused_also_where_its_database_is_away() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            stream.managed().pause("ann");
        }
        try (RunningStream stream =
                new RunningStream(shop.yaml().replace(":" + Servers.POSTGRES.port() + "/", ":1/"))) {
            await().atMost(LIMIT).until(stream::state, StreamState.PAUSED::equals);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void a_relay_that_stands_by_does_not_take_a_paused_stream_over_and_may_be_the_one_to_resume_it(String mode) {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml("partitions: 1", "delivery: " + mode);
        Topic topic = new Topic(shop.topic("Order"));
        try (RunningStream first = new RunningStream(yaml)) {
            StreamTest.awaitRelaying(first);
            try (RunningStream second = new RunningStream(yaml)) {
                await().atMost(LIMIT).until(second::state, StreamState.STANDBY::equals);
                shop.event("Order", "1", "'1'");
                topic.committedValues(1);
                assertThat(first.managed().pause("ann")).isEqualTo(Answer.DONE);
                await().atMost(LIMIT).until(second::state, StreamState.PAUSED::equals);
                shop.event("Order", "1", "'2'");
                await().during(A_WHILE)
                        .until(() -> first.state() == StreamState.PAUSED && second.state() == StreamState.PAUSED);
                assertThat(topic.committedValues(1)).containsExactly("1");

                assertThat(second.managed().resume("bob")).isEqualTo(Answer.DONE);
                assertThat(topic.committedValues(2)).containsExactly("1", "2");
                await().atMost(LIMIT).until(first::state, StreamState.STANDBY::equals);
                assertThat(second.state()).isEqualTo(StreamState.RUNNING);
            }
        }
    }

    @Test
    void a_relay_that_stands_by_can_not_pause_what_another_relays() {
        Shop shop = Shop.withOutbox();
        try (RunningStream first = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(first);
            try (RunningStream second = new RunningStream(shop.yaml())) {
                await().atMost(LIMIT).until(second::state, StreamState.STANDBY::equals);

                Answer answer = second.managed().pause("ann");

                assertThat(answer.outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(answer.sentence()).contains("another relay", "Pause it there");
                assertThat(first.state()).isEqualTo(StreamState.RUNNING);
            }
        }
    }

    @Test
    void a_stream_that_has_failed_is_paused_as_soon_as_that_can_be_stored_and_relays_nothing_before() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            fail(shop, stream);

            assertThat(stream.managed().pause("ann").outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(stream.state()).isEqualTo(StreamState.FAILED);
            shop.execute("ALTER TABLE hidden RENAME TO outbox");
            shop.event("Order", "1", "'1'");

            await().atMost(LIMIT).until(stream::state, StreamState.PAUSED::equals);
            assertThat(stream.managed().status().traffic().events()).isZero();
            assertThat(stream.managed().resume("ann")).isEqualTo(Answer.DONE);
            assertThat(new Topic(shop.topic("Order")).values(1)).containsExactly("1");
        }
    }

    @Test
    void a_pause_that_is_not_stored_yet_can_be_taken_back() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            fail(shop, stream);
            stream.managed().pause("ann");
            stream.managed().resume("ann");
            shop.execute("ALTER TABLE hidden RENAME TO outbox");

            await().atMost(LIMIT).until(stream::state, StreamState.RUNNING::equals);
            await().during(A_WHILE).until(stream::state, StreamState.RUNNING::equals);
        }
    }

    @Test
    void a_pause_while_the_brokers_hang_is_stored_when_they_are_back_and_no_event_is_lost() throws Exception {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream =
                new RunningStream(shop.yaml("partitions: 1").replace("relay:\n", "relay:\n  shutdown-timeout: 1s\n"))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            new Topic(shop.topic("Order")).records(1);
            signalBroker("STOP");
            try {
                shop.event("Order", "1", "'2'");
                shop.awaitRead(LIMIT);
                assertThat(stream.managed().pause("ann").outcome()).isEqualTo(Outcome.ACCEPTED);
            } finally {
                signalBroker("CONT");
            }
            await().atMost(Duration.ofSeconds(60)).until(stream::state, StreamState.PAUSED::equals);
            stream.managed().resume("ann");
            assertThat(new Topic(shop.topic("Order")).values(2)).contains("1", "2");
        }
    }

    @Test
    void a_stream_whose_slot_the_server_keeps_for_a_connection_that_is_gone_is_paused_and_does_not_stand_by()
            throws Exception {
        Shop shop = Shop.withOutbox();
        try (CuttableProxy proxy = new CuttableProxy(Servers.POSTGRES.port());
                RunningStream stream = new RunningStream(shop.yaml("wal-sender-timeout: 60s")
                        .replace(":" + Servers.POSTGRES.port() + "/", ":" + proxy.port() + "/"))) {
            StreamTest.awaitRelaying(stream);
            proxy.forget();
            CompletableFuture<Answer> restart =
                    CompletableFuture.supplyAsync(() -> stream.managed().restart("ann"));
            StreamTest.awaitLog(stream, "Waiting for the slot.", "this relay's own connection of before");
            assertThat(stream.state()).isEqualTo(StreamState.STARTING);

            CompletableFuture<Answer> pause =
                    CompletableFuture.supplyAsync(() -> stream.managed().pause("ann"));
            endStream(shop);

            assertThat(pause.get()).isEqualTo(Answer.DONE);
            restart.get();
            assertThat(stream.state()).isEqualTo(StreamState.PAUSED);
            assertThat(stream.log()).noneMatch(line -> line.contains("Standing by."));
        }
    }

    @Test
    void a_restart_begins_anew_at_once_where_the_stream_would_have_waited() {
        Shop shop = Shop.withOutbox();
        String patient = shop.yaml().replace("longest-delay: 500ms", "longest-delay: 1h");
        try (RunningStream stream = new RunningStream(patient)) {
            StreamTest.awaitRelaying(stream);
            fail(shop, stream);
            Answer stillWrong = stream.managed().restart("ann");
            assertThat(stillWrong.outcome()).isEqualTo(Outcome.ACCEPTED);
            assertThat(stream.state()).isEqualTo(StreamState.FAILED);
            shop.execute("ALTER TABLE hidden RENAME TO outbox");

            assertThat(stream.managed().restart("ann")).isEqualTo(Answer.DONE);
            assertThat(stream.state()).isEqualTo(StreamState.RUNNING);
        }
    }

    @Test
    void a_paused_stream_is_not_restarted() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            stream.managed().pause("ann");

            Answer answer = stream.managed().restart("ann");

            assertThat(answer.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(answer.sentence()).contains("PAUSED", "Resume it");
            assertThat(stream.state()).isEqualTo(StreamState.PAUSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void nothing_is_lost_repeated_or_reordered_by_pauses_and_restarts_under_load(String mode) throws Exception {
        Shop shop = Shop.withOutbox();
        AtomicInteger events = new AtomicInteger();
        AtomicBoolean enough = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            while (!enough.get()) {
                shop.events("Order", "'1'", "to_json(i + " + events.get() + ")", 20);
                events.addAndGet(20);
            }
        });
        try (RunningStream stream = new RunningStream(shop.yaml("partitions: 1", "delivery: " + mode))) {
            StreamTest.awaitRelaying(stream);
            writer.start();
            for (int i = 0; i < 5; i++) {
                int before = events.get();
                await().atMost(LIMIT).until(() -> events.get() > before + 100);
                assertThat(stream.managed().pause("ann")).as(stream::told).isEqualTo(Answer.DONE);
                assertThat(stream.managed().resume("ann")).as(stream::told).isEqualTo(Answer.DONE);
                assertThat(stream.managed().restart("ann")).as(stream::told).isEqualTo(Answer.DONE);
            }
            enough.set(true);
            writer.join();
            List<String> expected = IntStream.rangeClosed(1, events.get())
                    .mapToObj(String::valueOf)
                    .toList();
            assertThat(new Topic(shop.topic("Order")).committedValues(events.get()))
                    .containsExactlyElementsOf(expected);
        } finally {
            enough.set(true);
        }
    }

    private static void fail(Shop shop, RunningStream stream) {
        shop.execute("ALTER TABLE outbox RENAME TO hidden");
        endStream(shop);
        await().atMost(LIMIT).until(stream::state, StreamState.FAILED::equals);
    }

    private static void endStream(Shop shop) {
        shop.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '" + shop.name
                + "'");
    }

    private static String active(Shop shop) {
        return shop.query("SELECT active FROM pg_replication_slots WHERE slot_name = '" + shop.name + "'");
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }
}
