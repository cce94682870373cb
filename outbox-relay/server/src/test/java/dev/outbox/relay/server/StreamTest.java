package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Rows of a real PostgreSQL to topics of a real broker. */
class StreamTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String TEN_MEGABYTES = "to_json(repeat('x', 10 * 1024 * 1024))";

    @Test
    void a_committed_row_becomes_a_record() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at) VALUES
                    ('018f0000-0000-7000-8000-000000000001', 'Order', '4711', 'order.shipped.v1', '{"weight": 3}',
                     '{"tenant": "blue"}', '2026-03-01T12:00:00Z')
                    """);

            assertThat(new Topic(shop.topic("Order")).records(1))
                    .singleElement()
                    .satisfies(record -> {
                        assertThat(Topic.text(record.key())).isEqualTo("4711");
                        assertThat(Topic.text(record.value())).isEqualTo("{\"weight\": 3}");
                        assertThat(Topic.header(record, "id")).isEqualTo("018f0000-0000-7000-8000-000000000001");
                        assertThat(Topic.header(record, "eventType")).isEqualTo("order.shipped.v1");
                        assertThat(Topic.header(record, "tenant")).isEqualTo("blue");
                    });
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void a_rolled_back_row_becomes_nothing() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            awaitRelaying(stream);
            shop.execute("""
                    BEGIN;
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    VALUES (gen_random_uuid(), 'Order', '1', 'never.v1', '1', now());
                    ROLLBACK
                    """);
            shop.event("Order", "1", "'2'");

            assertThat(new Topic(shop.topic("Order")).values(1)).containsExactly("2");
        }
    }

    @Test
    void a_null_payload_is_an_empty_value_or_a_tombstone_as_configured() {
        Shop empty = Shop.withOutbox();
        Shop tombstone = Shop.withOutbox();
        try (RunningStream one = new RunningStream(empty.yaml());
                RunningStream other = new RunningStream(tombstone.yaml("null-payload: tombstone"))) {
            awaitRelaying(one);
            awaitRelaying(other);
            empty.event("Order", "1", "NULL");
            tombstone.event("Order", "1", "NULL");

            assertThat(new Topic(empty.topic("Order")).values(1)).containsExactly("");
            assertThat(new Topic(tombstone.topic("Order")).values(1)).containsExactly("(null)");
        }
    }

    @Test
    void an_empty_payload_is_an_empty_value() {
        Shop shop = Shop.withOutbox();
        shop.execute("ALTER TABLE outbox ALTER payload TYPE text");
        try (RunningStream stream = new RunningStream(shop.yaml("null-payload: tombstone"))) {
            awaitRelaying(stream);
            shop.event("Order", "1", "''");

            assertThat(new Topic(shop.topic("Order")).values(1)).containsExactly("");
        }
    }

    @Test
    void a_payload_of_ten_megabytes_arrives_where_the_topic_allows_it() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of("max.message.bytes", "20000000"));
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            awaitRelaying(stream);
            shop.event("Order", "1", TEN_MEGABYTES);

            assertThat(topic.values(1))
                    .singleElement()
                    .satisfies(value -> assertThat(value).hasSize(10 * 1024 * 1024 + 2));
        }
    }

    @Test
    void a_payload_too_large_for_its_topic_stops_the_stream_loudly_until_the_limit_is_raised() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            awaitRelaying(stream);
            shop.event("Order", "1", "'\"before\"'");
            shop.event("Order", "1", TEN_MEGABYTES);
            shop.event("Order", "1", "'\"after\"'");
            String id = shop.query("SELECT id FROM outbox WHERE length(payload::text) > 1000");

            awaitLog(stream, "The event " + id + " takes up to 1048");
            assertThat(stream.log())
                    .anySatisfy(line -> assertThat(line)
                            .contains("the topic " + topic.name() + " allows 1048588 (max.message.bytes)")
                            .contains("Raise the topic's max.message.bytes")
                            .contains("Next attempt in ")
                            .doesNotContain("xxx"));
            assertThat(topic.values(1)).containsOnly("\"before\"");

            topic.set("max.message.bytes", "20000000");

            await().atMost(LIMIT).until(() -> topic.values(1).contains("\"after\""));
            assertThat(topic.values(3).stream()
                            .map(value -> value.substring(0, 6))
                            .distinct())
                    .containsExactly("\"befor", "\"xxxxx", "\"after");
        }
    }

    @Test
    void a_limit_lowered_behind_the_relays_back_reorders_nothing() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream =
                new RunningStream(shop.yaml("kafka: { compression.type: none, batch.size: 500 }"))) {
            awaitRelaying(stream);
            shop.event("Order", "1", "'0'");
            topic.values(1);
            topic.set("max.message.bytes", "20000");
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Order', '1', 'happened.v1',
                           CASE WHEN i = 20 THEN to_json(repeat('x', 30000)) ELSE to_json(i) END, now()
                    FROM generate_series(1, 3000) AS i
                    """);
            awaitLog(stream, "takes up to 30");
            topic.set("max.message.bytes", "1000000");

            await().atMost(LIMIT).until(() -> topic.values(1).contains("3000"));
            List<String> expected = IntStream.rangeClosed(0, 3000)
                    .mapToObj(i -> i == 20 ? "\"xxxxx" : String.valueOf(i))
                    .toList();
            assertThat(new LinkedHashSet<>(topic.values(3001).stream()
                            .map(value -> value.length() > 6 ? value.substring(0, 6) : value)
                            .toList()))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void a_record_that_the_broker_refuses_is_overtaken_by_nothing_not_even_behind_a_new_producer() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream = new RunningStream(
                shop.yaml("timestamp: occurred-at", "kafka: { compression.type: none, batch.size: 500 }"))) {
            awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Order', '1', 'happened.v1', to_json(i),
                           CASE WHEN i = 2 THEN now() + interval '3 hours' ELSE now() END
                    FROM generate_series(1, 300) AS i
                    """);
            String refused = shop.query("SELECT id FROM outbox WHERE payload::text = '2'");

            awaitLog(stream, "Kafka did not take the event " + refused);
            awaitAttempts(stream, "Next attempt", 3);
            assertThat(topic.values(0)).allMatch("1"::equals);

            topic.set("message.timestamp.after.max.ms", String.valueOf(Long.MAX_VALUE));

            await().atMost(LIMIT).until(() -> topic.values(1).contains("300"));
            assertThat(new LinkedHashSet<>(topic.values(300)))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 300)
                            .mapToObj(String::valueOf)
                            .toList());
        }
    }

    @Test
    void what_comes_before_a_record_that_is_refused_arrives_and_not_again_with_each_attempt() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream = new RunningStream(shop.yaml("kafka: { linger.ms: 50 }"))) {
            awaitRelaying(stream);
            for (int i = 0; i < 50; i++) {
                shop.event("Order", "1", "'" + i + "'");
            }
            shop.event("Order", "1", TEN_MEGABYTES);

            awaitAttempts(stream, "takes up to", 4);
            assertThat(topic.values(50)).hasSize(50).doesNotHaveDuplicates();
        }
    }

    private static void awaitAttempts(RunningStream stream, String word, int count) {
        await().atMost(LIMIT)
                .until(() -> stream.log().stream()
                                .filter(line -> line.contains(word))
                                .count()
                        >= count);
    }

    @Test
    void an_aggregate_type_that_makes_no_topic_name_stops_the_stream_until_it_has_a_route() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            shop.event("🛒", "1", "'2'");
            shop.event("Order", "1", "'3'");

            awaitLog(stream, "🛒", "under routes");
        }
        try (RunningStream stream = new RunningStream(shop.yaml("routes: { 🛒: " + shop.topic("carts") + " }"))) {
            assertThat(new Topic(shop.topic("carts")).values(1)).containsExactly("2");
            assertThat(new LinkedHashSet<>(new Topic(shop.topic("Order")).values(2)))
                    .containsExactly("1", "3");
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void a_table_of_debeziums_layout_is_relayed_as_debezium_does() {
        Shop shop = Shop.empty();
        shop.execute("""
                CREATE TABLE outboxevent (id uuid PRIMARY KEY, aggregatetype varchar(255) NOT NULL,
                    aggregateid varchar(255) NOT NULL, type varchar(255) NOT NULL, payload jsonb)
                """);
        String yaml =
                shop.yaml("table: outboxevent").replace(shop.name + ".{aggregateType}", "outbox.event.{aggregateType}");
        try (RunningStream stream = new RunningStream(yaml)) {
            awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outboxevent VALUES
                    ('406c07f3-26f0-4eea-a50c-109940064b8f', 'Invoice', '1', 'InvoiceSent', '{"total": 7}')
                    """);

            assertThat(new Topic("outbox.event.Invoice").records(1))
                    .singleElement()
                    .satisfies(record -> {
                        assertThat(Topic.text(record.key())).isEqualTo("1");
                        assertThat(Topic.text(record.value())).isEqualTo("{\"total\": 7}");
                        assertThat(Topic.header(record, "id")).isEqualTo("406c07f3-26f0-4eea-a50c-109940064b8f");
                    });
        }
    }

    @Test
    void a_missing_topic_that_may_not_be_made_stops_the_stream_until_it_is_there() {
        Shop shop = Shop.withOutbox();
        Topic.create(shop.positionTopic(), Map.of("cleanup.policy", "compact"));
        try (RunningStream stream = new RunningStream(shop.yaml("create-topics: false"))) {
            awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            awaitLog(stream, "The topic " + shop.topic("Order") + " doesn't exist", "create-topics: true");

            Topic topic = Topic.create(shop.topic("Order"), Map.of());

            assertThat(topic.values(1)).containsExactly("1");
        }
    }

    @Test
    void a_topic_is_made_with_the_partitions_configured() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml("partitions: 2"))) {
            awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            awaitLog(stream, "Created the topic " + shop.topic("Order") + " with 2 partitions.");
        }
    }

    static void awaitRelaying(RunningStream stream) {
        awaitLog(stream, "Relaying ");
    }

    static void awaitLog(RunningStream stream, String... words) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(stream.log())
                        .anySatisfy(line -> assertThat(line).contains(words)));
    }
}
