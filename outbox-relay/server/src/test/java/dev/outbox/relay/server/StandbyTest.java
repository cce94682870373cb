package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.server.status.StreamState;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two relays on one slot, and streams that can't go on. */
class StandbyTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void the_second_relay_stands_by_and_takes_over_when_the_first_ends(String mode) {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml("partitions: 1", "delivery: " + mode);
        try (RelayProcess first = RelayProcess.run(yaml)) {
            first.awaitOutput("Relaying ");
            try (RunningStream second = new RunningStream(yaml)) {
                StreamTest.awaitLog(second, "Standing by.");
                shop.event("Order", "1", "'1'");
                Topic topic = new Topic(shop.topic("Order"));
                topic.committedValues(1);
                first.terminate();
                assertThat(first.exitCode()).as(first::output).isZero();
                StreamTest.awaitRelaying(second);
                shop.event("Order", "1", "'2'");

                assertThat(topic.committedValues(2)).containsExactly("1", "2");
                assertThat(first.output()).doesNotContain("ERROR");
                assertThat(second.errors()).isEmpty();
                assertThat(second.log().stream().filter(line -> line.contains("Standing by.")))
                        .hasSize(1);
            }
        }
    }

    @Test
    void a_relay_that_stands_by_ends_with_0() {
        Shop shop = Shop.withOutbox();
        try (RunningStream first = new RunningStream(shop.yaml());
                RelayProcess second = RelayProcess.run(shop.yaml())) {
            StreamTest.awaitRelaying(first);
            second.awaitOutput("Standing by.");
            second.terminate();

            assertThat(second.exitCode()).as(second::output).isZero();
        }
    }

    @Test
    void a_resumed_relay_notices_that_it_was_suspended_and_stands_by() throws Exception {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml("partitions: 1", "wal-sender-timeout: 1s");
        try (RelayProcess first = RelayProcess.run(yaml)) {
            first.awaitOutput("Relaying ");
            shop.event("Order", "1", "'1'");
            Topic topic = new Topic(shop.topic("Order"));
            topic.values(1);
            // What was acknowledged and is not stored comes again.
            shop.awaitConfirmed(LIMIT);
            first.signal("STOP");
            try (RunningStream second = new RunningStream(yaml)) {
                StreamTest.awaitRelaying(second);
                shop.event("Order", "1", "'2'");
                topic.values(2);
                first.signal("CONT");
                first.awaitOutput("The relay was suspended, and may have lost the slot");
                first.awaitOutput("Standing by.");
                shop.event("Order", "1", "'3'");

                assertThat(topic.values(3)).containsExactly("1", "2", "3");
            }
        }
    }

    /** Its producer holds what the broker had no time to take; meanwhile the other relay sends all of it. */
    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void a_relay_resumed_with_a_full_producer_says_so_and_sends_no_more_than_the_batch_that_was_on_its_way(String mode)
            throws Exception {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        int events = 20_000;
        int batch = 16_384;
        String yaml = shop.yaml(
                "delivery: " + mode,
                "wal-sender-timeout: 2s",
                "max-bytes-in-flight: 32MiB",
                "kafka: { compression.type: none, batch.size: " + batch + " }");
        try (RelayProcess first = RelayProcess.run(yaml)) {
            first.awaitOutput("Relaying ");
            shop.event("Order", "1", "'0'");
            topic.committedValues(1);
            signalBroker("STOP");
            try {
                shop.events("Order", "'1'", "to_json(i)", events);
                shop.awaitRead(LIMIT);
                first.signal("STOP");
            } finally {
                signalBroker("CONT");
            }
            try (RelayProcess second = RelayProcess.run(yaml)) {
                second.awaitOutput("Relaying ");
                shop.awaitConfirmed(LIMIT);
                int before = topic.values(events + 1).size();
                first.signal("CONT");
                first.awaitOutput(
                        mode.equals("at-least-once") ? "The relay was suspended, and may have lost the slot" : "ERROR");
                first.awaitOutput("Standing by.");
                shop.event("Order", "1", "'" + (events + 1) + "'");

                List<String> values = topic.committedValues(events + 2);
                assertThat(new LinkedHashSet<>(values))
                        .containsExactlyElementsOf(IntStream.rangeClosed(0, events + 1)
                                .mapToObj(String::valueOf)
                                .toList());
                if (mode.equals("exactly-once")) {
                    assertThat(values).hasSize(events + 2);
                } else {
                    int late = topic.values(before + 1).size() - before - 1;
                    System.out.printf("[guarantees] resumed with a full producer: %d records sent late%n", late);
                    assertThat(late).isLessThanOrEqualTo(batch / 100);
                }
                assertThat(second.output()).doesNotContain("ERROR");
            }
        }
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    @Test
    void a_stream_that_nobody_but_a_person_can_mend_has_failed_says_so_once_and_goes_on_when_it_is_mended() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            shop.execute("ALTER TABLE outbox RENAME TO hidden");
            shop.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + shop.name + "'");
            await().atMost(LIMIT).until(() -> stream.state() == StreamState.FAILED);
            StreamTest.awaitLog(stream, "the stream is FAILED, and looked at again every 0.5 s");
            await().during(Duration.ofSeconds(2)).until(() -> stream.state() == StreamState.FAILED);
            assertThat(stream.log().stream().filter(line -> line.contains("FAILED")))
                    .hasSize(1);

            shop.execute("ALTER TABLE hidden RENAME TO outbox");
            await().atMost(LIMIT).until(() -> stream.state() == StreamState.RUNNING);
            shop.event("Order", "1", "'1'");
            assertThat(new Topic(shop.topic("Order")).values(1)).isEqualTo(List.of("1"));
        }
    }

    @Test
    void a_relay_that_is_stopped_with_a_failed_stream_ends_with_1() {
        Shop shop = Shop.withOutbox();
        try (RelayProcess relay = RelayProcess.run(shop.yaml())) {
            relay.awaitOutput("Relaying ");
            shop.execute("ALTER TABLE outbox RENAME TO hidden");
            shop.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + shop.name + "'");
            relay.awaitOutput("the stream is FAILED");
            relay.terminate();

            assertThat(relay.exitCode()).as(relay::output).isEqualTo(ExitCode.FAILED);
        }
    }
}
