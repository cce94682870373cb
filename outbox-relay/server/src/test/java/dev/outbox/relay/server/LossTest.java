package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Brokers and databases that go away while events are on their way. */
class LossTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    @Test
    void a_broker_that_is_killed_and_comes_back_loses_and_reorders_nothing() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml("partitions: 1"))) {
            StreamTest.awaitRelaying(stream);
            write(shop, 0);
            Topic topic = new Topic(shop.topic("Order"));
            topic.values(1);

            Servers.BROKER.kill();
            write(shop, 1);
            Servers.BROKER.restart();
            write(shop, 2);

            awaitAll(topic);
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void a_database_that_crashes_and_recovers_loses_and_reorders_nothing() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml("partitions: 1"))) {
            StreamTest.awaitRelaying(stream);
            write(shop, 0);
            // Killing one backend makes the server end all others and recover from its log.
            String pid =
                    shop.query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + shop.name + "'");
            assertThat(ProcessHandle.of(Long.parseLong(pid)).orElseThrow().destroyForcibly())
                    .isTrue();
            await().atMost(LIMIT).ignoreExceptions().until(() -> {
                try (var connection = Servers.POSTGRES.connect(shop.name)) {
                    return connection.isValid(1);
                }
            });
            write(shop, 1);
            write(shop, 2);

            awaitAll(new Topic(shop.topic("Order")));
            StreamTest.awaitLog(stream, "Next attempt in ");
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void a_broker_that_hangs_for_longer_than_the_ack_timeout_gets_everything_later_and_the_slot_is_free_meanwhile()
            throws Exception {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml("partitions: 1", "ack-timeout: 2s"))) {
            StreamTest.awaitRelaying(stream);
            write(shop, 0);
            Topic topic = new Topic(shop.topic("Order"));
            topic.values(100);

            signalBroker("STOP");
            try {
                write(shop, 1);
                StreamTest.awaitLog(stream, "within 2000 ms (ack-timeout)", "Next attempt in ");
                await().atMost(LIMIT).until(() -> slotIsFree(shop));
                StreamTest.awaitLog(stream, "No answer from the brokers at ");
                assertThat(slotIsFree(shop)).isTrue();
                write(shop, 2);
            } finally {
                signalBroker("CONT");
            }

            awaitAll(topic);
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    private static boolean slotIsFree(Shop shop) {
        return shop.query("SELECT active FROM pg_replication_slots WHERE slot_name = '" + shop.name + "'")
                .equals("f");
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    private static void write(Shop shop, int round) {
        shop.events("Order", "'1'", "to_json(i + " + round * 100 + ")", 100);
    }

    private static void awaitAll(Topic topic) {
        await().atMost(LIMIT).until(() -> topic.values(1).contains("300"));
        List<String> expected =
                IntStream.rangeClosed(1, 300).mapToObj(String::valueOf).toList();
        assertThat(new LinkedHashSet<>(topic.values(300))).containsExactlyElementsOf(expected);
    }
}
