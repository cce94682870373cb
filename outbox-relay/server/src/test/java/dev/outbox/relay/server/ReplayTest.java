package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A stop while events that a failed attempt has sent are still to come again. */
class ReplayTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TOO_SMALL = "100";
    private static final String LARGE = "1000000";

    private final Shop shop = Shop.withOutbox();
    private final Topic orders = Topic.create(shop.topic("Order"), Map.of());
    private final Topic positions = Topic.create(shop.positionTopic(), Map.of("cleanup.policy", "compact"));

    @Test
    void a_stop_before_the_replay_has_begun_says_that_events_come_again() throws Exception {
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            sendWithoutStoring(stream);
            signalBroker("STOP");
            try {
                // The next attempt asks the brokers first.
                await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
                stream.requestStop();
            } finally {
                signalBroker("CONT");
            }

            assertThat(stream.stop()).as("drained").isFalse();
        }
        assertNothingIsLost();
    }

    @Test
    void a_stop_during_the_replay_lets_it_come_to_its_end_and_then_nothing_comes_again() throws Exception {
        try (RunningStream stream = new RunningStream(shop.yaml());
                Connection connection = Servers.POSTGRES.connect(shop.name);
                Statement catalog = connection.createStatement()) {
            sendWithoutStoring(stream);
            connection.setAutoCommit(false);
            catalog.execute("LOCK pg_publication IN ACCESS EXCLUSIVE MODE");
            positions.set("max.message.bytes", LARGE);
            await().atMost(LIMIT).until(this::anAttemptWaitsForTheLock);
            stream.requestStop();
            connection.rollback();

            assertThat(stream.stop()).as("drained").isTrue();
        }
        int sent = orders.values(6).size();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'4'");

            assertThat(orders.values(sent + 1)).hasSize(sent + 1).endsWith("1", "2", "3", "4");
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void a_stream_that_stands_by_owes_nothing_once_another_relay_has_repeated_it() {
        String slow =
                shop.yaml().replace("first-delay: 100ms, longest-delay: 500ms", "first-delay: 6s, longest-delay: 6s");
        try (RunningStream first = new RunningStream(slow)) {
            sendWithoutStoring(first);
            positions.set("max.message.bytes", LARGE);
            try (RunningStream second = new RunningStream(shop.yaml())) {
                orders.values(6);
                StreamTest.awaitLog(second, "Standing by.");
                shop.awaitConfirmed(LIMIT);

                assertThat(first.stop()).as("drained").isTrue();
                assertThat(second.stop()).as("drained").isTrue();
            }
        }
        assertThat(orders.values(6)).containsExactly("1", "2", "3", "1", "2", "3");
    }

    /** Three events that arrive, and a position that the broker does not take. */
    private void sendWithoutStoring(RunningStream stream) {
        StreamTest.awaitRelaying(stream);
        positions.set("max.message.bytes", TOO_SMALL);
        shop.events("Order", "'1'", "to_json(i)", 3);
        orders.values(3);
        StreamTest.awaitLog(stream, "Kafka did not take the stream's position", "Next attempt in ");
    }

    private boolean anAttemptWaitsForTheLock() {
        // The watch of an attempt that is about to end may wait for it, too.
        return !shop.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = '" + shop.name
                        + "' AND application_name LIKE 'outbox-relay%' AND query NOT LIKE '%pg_locks%'")
                .isEmpty();
    }

    private void assertNothingIsLost() {
        positions.set("max.message.bytes", LARGE);
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'4'");
            await().atMost(LIMIT).until(() -> orders.values(1).contains("4"));
            assertThat(orders.values(1)).containsSubsequence("1", "2", "3", "1", "2", "3", "4");
        }
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }
}
