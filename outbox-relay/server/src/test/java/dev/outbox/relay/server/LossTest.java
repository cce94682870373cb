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
