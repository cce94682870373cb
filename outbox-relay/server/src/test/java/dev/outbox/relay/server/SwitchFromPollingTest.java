package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** The two ways from a publisher that polls, as SWITCHING.md describes them. */
class SwitchFromPollingTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int EVENTS = 25;

    @Test
    void with_duplicates_for_a_while_no_event_is_missing_and_both_records_are_the_same_to_a_consumer() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (PollingPublisher publisher = new PollingPublisher(shop)) {
            insert(shop, 1);
            publisher.poll();
            try (RunningStream relay = new RunningStream(shop.yaml())) {
                StreamTest.awaitRelaying(relay);
                String unsent = shop.query("SELECT array_agg(id) FROM outbox WHERE published_at IS NULL");
                insert(shop, 2);
                publisher.pollUntilSent(unsent);
                insert(shop, 3);
                shop.awaitConfirmed(LIMIT);
                assertThat(relay.stop()).isTrue();
            }
        }
        // Of the second part, what filled the publisher's last look came from both.
        int twice = 5;
        Map<String, List<ConsumerRecord<byte[], byte[]>>> byId = byId(topic.records(3 * EVENTS + twice));
        assertThat(byId).hasSize(3 * EVENTS);
        assertThat(byId.values().stream().filter(records -> records.size() == 2))
                .hasSize(twice)
                .allSatisfy(records -> assertThat(records.get(0))
                        .usingRecursiveComparison()
                        .comparingOnlyFields("topic", "partition", "key", "value")
                        .isEqualTo(records.get(1)));
    }

    @Test
    void with_traffic_stopped_each_event_comes_once() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (PollingPublisher publisher = new PollingPublisher(shop)) {
            insert(shop, 1);
            publisher.drain();
        }
        try (RunningStream relay = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(relay);
            insert(shop, 2);
            assertThat(byId(topic.records(2 * EVENTS))).hasSize(2 * EVENTS);
            shop.awaitConfirmed(LIMIT);
            assertThat(topic.records(2 * EVENTS)).hasSize(2 * EVENTS);
        }
    }

    private static void insert(Shop shop, int part) {
        shop.events("Order", "i % 5", "to_json(i + " + part * EVENTS + ")", EVENTS);
    }

    private static Map<String, List<ConsumerRecord<byte[], byte[]>>> byId(
            List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().collect(Collectors.groupingBy(record -> Topic.header(record, "id")));
    }
}
