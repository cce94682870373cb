package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events that can't be delivered for what they are, under dead-letter and skip; StreamTest has stop. */
class RecordErrorTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String LARGE = "to_json(repeat('x', 3000))";
    private static final Map<String, String> SMALL = Map.of("max.message.bytes", "2000");

    /** Without batches that a test would wait for. */
    private static final String PLAIN = "kafka: { compression.type: none, batch.size: 500 }";

    @ParameterizedTest
    @ValueSource(strings = {"dead-letter", "skip"})
    void events_too_large_make_way_and_the_others_keep_their_order(String policy) {
        Shop shop = Shop.withOutbox();
        Topic orders = Topic.create(shop.topic("Order"), SMALL);
        try (RunningStream stream = new RunningStream(shop.yaml("on-record-error: " + policy))) {
            StreamTest.awaitRelaying(stream);
            shop.events("Order", "(i % 3)::text", "CASE WHEN i % 10 = 5 THEN " + LARGE + " ELSE to_json(i) END", 100);

            List<String> expected = IntStream.rangeClosed(1, 100)
                    .filter(i -> i % 10 != 5)
                    .mapToObj(String::valueOf)
                    .toList();
            assertThat(orders.values(90)).containsExactlyElementsOf(expected);
            String counted = policy.equals("skip") ? "skipped=10(size=10)" : "dead-lettered=10(size=10)";
            assertThat(stream.stop()).as("drained").isTrue();
            assertThat(stream.summary()).contains("relayed=90 ").contains(counted);
        }
    }

    @Test
    void a_dead_letter_is_the_event_with_the_reason_in_its_headers() {
        Shop shop = Shop.withOutbox();
        Topic.create(shop.topic("Order"), SMALL);
        try (RunningStream stream = new RunningStream(shop.yaml("on-record-error: dead-letter"))) {
            StreamTest.awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at) VALUES
                    ('018f0000-0000-7000-8000-000000000001', 'Order', '1', 'small.v1', '1', null, now()),
                    ('018f0000-0000-7000-8000-000000000002', 'Order', '4711', 'large.v1', to_json(repeat('x', 3000)),
                     '{"tenant": "blue", "outbox.dead-letter.topic": "forged"}', now())
                    """);

            ConsumerRecord<byte[], byte[]> letter = onlyRecord(deadLetters(shop));
            assertThat(Topic.text(letter.key())).isEqualTo("4711");
            assertThat(Topic.text(letter.value())).isEqualTo("\"" + "x".repeat(3000) + "\"");
            assertThat(Topic.header(letter, "id")).isEqualTo("018f0000-0000-7000-8000-000000000002");
            assertThat(Topic.header(letter, "eventType")).isEqualTo("large.v1");
            assertThat(Topic.header(letter, "tenant")).isEqualTo("blue");
            assertThat(reason(letter, "reason")).isEqualTo("size");
            assertThat(reason(letter, "error")).isEqualTo("org.apache.kafka.common.errors.RecordTooLargeException");
            assertThat(reason(letter, "message"))
                    .startsWith("The event 018f0000-0000-7000-8000-000000000002 takes up to 3")
                    .endsWith("bytes as a record, and the topic " + shop.topic("Order")
                            + " allows 2000 (max.message.bytes).");
            assertThat(reason(letter, "stream")).isEqualTo(shop.name);
            assertThat(reason(letter, "commit-lsn")).matches("[0-9A-F]+/[0-9A-F]+");
            assertThat(reason(letter, "index")).isEqualTo("1");
            assertThat(reason(letter, "event-id")).isEqualTo("018f0000-0000-7000-8000-000000000002");
            assertThat(reason(letter, "topic")).isEqualTo(shop.topic("Order"));
            assertThat(Long.parseLong(reason(letter, "timestamp"))).isPositive();
            assertThat(letter.headers().headers("outbox.dead-letter.topic")).hasSize(1);
            StreamTest.awaitLog(stream, "Dead-lettered the event 018f0000-0000-7000-8000-000000000002 at 1:");
            assertThat(stream.log()).noneMatch(line -> line.contains("xxx"));
        }
    }

    @Test
    void an_event_too_large_for_the_dead_letter_topic_too_goes_there_as_a_reference() {
        Shop shop = Shop.withOutbox();
        Topic.create(shop.topic("Order"), SMALL);
        Topic.create("letters-of-" + shop.name, SMALL);
        try (RunningStream stream = new RunningStream(
                shop.yaml("on-record-error: dead-letter", "dead-letter-topic: letters-of-" + shop.name))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "4711", LARGE);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at)
                    SELECT gen_random_uuid(), 'Order', '4712', 'large.v1', '1', json_build_object('h', repeat('h', 3000)),
                           now()
                    """);

            List<ConsumerRecord<byte[], byte[]>> letters = byTime(new Topic("letters-of-" + shop.name).records(2));
            assertThat(letters.get(0).value()).isNull();
            assertThat(Topic.text(letters.get(0).key())).isEqualTo("4711");
            assertThat(Topic.header(letters.get(0), "eventType")).isEqualTo("happened.v1");
            assertThat(Integer.parseInt(reason(letters.get(0), "size"))).isBetween(3000, 3500);
            assertThat(letters.get(1).value()).isNull();
            assertThat(letters.get(1).headers().lastHeader("h")).isNull();
            assertThat(reason(letters.get(1), "event-id"))
                    .isEqualTo(shop.query("SELECT id FROM outbox WHERE type = 'large.v1'"));
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dead-letter", "skip"})
    void rows_that_are_no_records_make_way(String policy) {
        Shop shop = tableOfAnything();
        try (RunningStream stream = new RunningStream(shop.yaml("on-record-error: " + policy, "partitions: 1"))) {
            StreamTest.awaitRelaying(stream);
            insertRowsThatAreNoRecords(shop);

            assertThat(new Topic(shop.topic("Order")).values(2)).containsExactly("\"first\"", "\"last\"");
            assertThat(stream.stop()).as("drained").isTrue();
            assertThat(stream.summary())
                    .contains(policy.equals("skip") ? "skipped=6(row=6)" : "dead-lettered=6(row=6)");
            assertThat(stream.log()).noneMatch(line -> line.contains("secret"));
            if (policy.equals("dead-letter")) {
                List<ConsumerRecord<byte[], byte[]>> letters = deadLetters(shop).records(6);
                assertThat(letters).hasSize(6).allSatisfy(letter -> {
                    assertThat(Topic.text(letter.value())).isEqualTo("\"secret\"");
                    assertThat(reason(letter, "reason")).isEqualTo("row");
                    assertThat(reason(letter, "message")).doesNotContain("secret");
                });
            } else {
                StreamTest.awaitLog(stream, "Skipped the event ", "found NULL");
            }
        }
    }

    @Test
    void under_stop_a_row_that_is_no_record_holds_what_follows_until_the_policy_lets_it_pass() {
        Shop shop = tableOfAnything();
        try (RunningStream stream = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(stream);
            insertRowsThatAreNoRecords(shop);

            StreamTest.awaitLog(stream, "found NULL in the event", "This has to be mended", "Next attempt in ");
            assertThat(new Topic(shop.topic("Order")).values(1)).containsOnly("\"first\"");
        }
        try (RunningStream stream = new RunningStream(shop.yaml("on-record-error: skip"))) {
            assertThat(new LinkedHashSet<>(new Topic(shop.topic("Order")).values(2)))
                    .containsExactly("\"first\"", "\"last\"");
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    /** A small batch holds two or three of these events, a large one all of them. */
    @ParameterizedTest
    @CsvSource({"dead-letter, 500", "dead-letter, 131072", "skip, 500"})
    void what_the_broker_refuses_is_diverted_by_a_replay_at_once_and_nothing_overtakes(String policy, int batchSize) {
        Shop shop = Shop.withOutbox();
        Topic orders = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream = new RunningStream(slow(shop.yaml(
                "on-record-error: " + policy,
                "timestamp: occurred-at",
                "kafka: { compression.type: none, linger.ms: 20, batch.size: " + batchSize + " }")))) {
            StreamTest.awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Order', '1', 'happened.v1', to_json(i),
                           CASE WHEN i IN (2, 3, 150) THEN now() + interval '3 hours' ELSE now() END
                    FROM generate_series(1, 300) AS i
                    """);

            await().atMost(LIMIT).until(() -> orders.values(0).contains("300"));
            assertThat(new LinkedHashSet<>(orders.values(297)))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 300)
                            .filter(i -> i != 2 && i != 3 && i != 150)
                            .mapToObj(String::valueOf)
                            .toList());
            StreamTest.awaitLog(stream, "Begins again at once", "Timestamp ");
            assertThat(stream.log()).noneMatch(line -> line.contains("Next attempt"));
            assertThat(stream.stop()).as("drained").isTrue();
            assertThat(stream.summary())
                    .as("though each replay comes across them again")
                    .contains((policy.equals("skip") ? "skipped" : "dead-lettered") + "=3(")
                    .containsPattern("refused=3\\(");
            if (policy.equals("dead-letter")) {
                assertThat(deadLetters(shop).values(3)).containsOnly("2", "3", "150");
                assertThat(deadLetters(shop).records(3)).allSatisfy(letter -> {
                    assertThat(reason(letter, "error")).startsWith("org.apache.kafka.common.");
                    // The second where the producer was told of several of a batch.
                    assertThat(reason(letter, "reason")).isIn("timestamp", "record");
                });
            }
        }
    }

    @Test
    void a_batch_refused_as_a_whole_is_taken_apart_and_no_other_event_goes_with_it() {
        Shop shop = Shop.withOutbox();
        Topic orders = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream = new RunningStream(slow(shop.yaml(
                "on-record-error: dead-letter",
                "routes: { Internal: __consumer_offsets }",
                "kafka: { linger.ms: 20 }")))) {
            StreamTest.awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), CASE WHEN i % 10 = 3 THEN 'Internal' ELSE 'Order' END, '1', 'happened.v1',
                           to_json(i), now()
                    FROM generate_series(1, 50) AS i
                    """);

            await().atMost(LIMIT).until(() -> orders.values(0).contains("50"));
            assertThat(new LinkedHashSet<>(orders.values(45)))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 50)
                            .filter(i -> i % 10 != 3)
                            .mapToObj(String::valueOf)
                            .toList());
            await().atMost(LIMIT)
                    .until(() -> deadLetters(shop).values(0).containsAll(List.of("3", "13", "23", "33", "43")));
            assertThat(stream.stop()).as("drained").isTrue();
            assertThat(deadLetters(shop).values(5)).containsOnly("3", "13", "23", "33", "43");
            assertThat(stream.log()).noneMatch(line -> line.contains("Next attempt"));
        }
    }

    @Test
    void a_topic_that_the_brokers_do_not_make_is_a_matter_of_the_events_that_go_there() {
        Shop shop = Shop.withOutbox();
        Topic.create(shop.name + "_Order.x", Map.of());
        try (RunningStream stream = new RunningStream(
                shop.yaml("on-record-error: dead-letter", "routes: { Collides: " + shop.name + ".Order_x }"))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Collides", "1", "'1'");
            shop.event("Order", "1", "'2'");

            assertThat(new Topic(shop.topic("Order")).values(1)).containsExactly("2");
            assertThat(reason(onlyRecord(deadLetters(shop)), "reason")).isEqualTo("topic");
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void an_event_from_before_1970_is_a_matter_of_its_timestamp() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream =
                new RunningStream(shop.yaml("on-record-error: dead-letter", "timestamp: occurred-at"))) {
            StreamTest.awaitRelaying(stream);
            shop.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)"
                    + " VALUES (gen_random_uuid(), 'Order', '1', 'happened.v1', '1', '1969-12-31T00:00:00Z')");
            shop.event("Order", "1", "'2'");

            assertThat(new Topic(shop.topic("Order")).values(1)).containsExactly("2");
            ConsumerRecord<byte[], byte[]> letter = onlyRecord(deadLetters(shop));
            assertThat(reason(letter, "reason")).isEqualTo("timestamp");
            assertThat(reason(letter, "timestamp")).isEqualTo("-86400000");
        }
    }

    @Test
    void a_missing_dead_letter_topic_that_may_not_be_made_is_said_at_the_start() {
        Shop shop = Shop.withOutbox();
        Topic.create(shop.positionTopic(), Map.of("cleanup.policy", "compact"));
        try (RunningStream stream =
                new RunningStream(shop.yaml("on-record-error: dead-letter", "create-topics: false"))) {
            StreamTest.awaitLog(
                    stream, "The stream can't start", "The topic outbox.dead-letter." + shop.name + " doesn't exist");
        }
    }

    @Test
    void a_dead_letter_topic_too_small_for_a_reference_stops_the_stream_until_it_is_larger() {
        Shop shop = Shop.withOutbox();
        Topic orders = Topic.create(shop.topic("Order"), SMALL);
        Topic letters = Topic.create("outbox.dead-letter." + shop.name, Map.of("max.message.bytes", "300"));
        try (RunningStream stream = new RunningStream(shop.yaml("on-record-error: dead-letter"))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            shop.event("Order", "1", LARGE);
            shop.event("Order", "1", "'2'");

            StreamTest.awaitLog(stream, "The dead-letter topic " + letters.name() + " allows records of 300", "Next");
            assertThat(orders.values(1)).containsExactly("1");

            letters.set("max.message.bytes", "100000");

            await().atMost(LIMIT).until(() -> orders.values(1).contains("2"));
            assertThat(orders.values(2)).containsExactly("1", "2");
            assertThat(letters.values(1)).hasSize(1);
        }
    }

    @Test
    void a_dead_letter_that_the_broker_refuses_stops_the_stream_as_the_event_would() {
        Shop shop = Shop.withOutbox();
        Topic orders = Topic.create(shop.topic("Order"), SMALL);
        Topic letters = Topic.create("outbox.dead-letter." + shop.name, Map.of());
        try (RunningStream stream = new RunningStream(shop.yaml("on-record-error: dead-letter", PLAIN))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", LARGE);
            letters.values(1);
            // Or the letter comes again with the next attempt.
            shop.awaitConfirmed(LIMIT);
            letters.set("max.message.bytes", "300");
            shop.event("Order", "1", LARGE);
            shop.event("Order", "1", "'2'");

            StreamTest.awaitLog(stream, "for the topic " + letters.name(), "Next attempt in ");
            StreamTest.awaitLog(stream, "The dead-letter topic " + letters.name() + " allows records of 300");
            letters.set("max.message.bytes", "100000");

            await().atMost(LIMIT).until(() -> orders.values(0).contains("2"));
            assertThat(orders.values(1)).containsExactly("2");
            assertThat(letters.values(2)).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dead-letter", "skip"})
    void a_stream_that_is_stopped_in_the_middle_goes_on_where_it_was(String policy) {
        Shop shop = Shop.withOutbox();
        Topic orders = Topic.create(shop.topic("Order"), SMALL);
        String yaml = shop.yaml("on-record-error: " + policy);
        for (int round = 0; round < 3; round++) {
            try (RunningStream stream = new RunningStream(yaml)) {
                StreamTest.awaitRelaying(stream);
                for (int i = 1; i <= 50; i++) {
                    shop.event("Order", "1", i % 7 == 0 ? LARGE : "'" + (round * 50 + i) + "'");
                }
                assertThat(stream.stop()).as("drained").isTrue();
            }
        }
        try (RunningStream stream = new RunningStream(yaml)) {
            StreamTest.awaitRelaying(stream);
            assertThat(orders.values(3 * 43))
                    .containsExactlyElementsOf(IntStream.range(0, 150)
                            .filter(i -> (i % 50 + 1) % 7 != 0)
                            .mapToObj(i -> String.valueOf(i + 1))
                            .toList());
        }
        if (policy.equals("dead-letter")) {
            assertThat(deadLetters(shop).records(21)).hasSize(21);
        }
    }

    @Test
    void a_relay_killed_between_dead_letter_and_confirmation_loses_nothing() {
        Shop shop = Shop.withOutbox();
        Topic orders = Topic.create(shop.topic("Order"), SMALL);
        Topic letters = Topic.create("outbox.dead-letter." + shop.name, Map.of());
        Topic.create(shop.positionTopic(), Map.of("cleanup.policy", "compact"));
        String yaml = shop.yaml("on-record-error: dead-letter", "create-topics: false");
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            // One transaction: while its last event waits for a topic, nothing of it is confirmed.
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), CASE WHEN i = 9 THEN 'Missing' ELSE 'Order' END, '1', 'happened.v1',
                           CASE WHEN i = 3 THEN to_json(repeat('x', 3000)) ELSE to_json(i) END, now()
                    FROM generate_series(1, 9) AS i
                    """);
            relay.awaitOutput("The topic " + shop.topic("Missing") + " doesn't exist");
            assertThat(letters.values(1)).isNotEmpty();
        }
        Topic missing = Topic.create(shop.topic("Missing"), Map.of());
        try (RunningStream stream = new RunningStream(yaml)) {
            assertThat(missing.values(1)).contains("9");
            assertThat(stream.stop()).as("drained").isTrue();
        }
        assertThat(new LinkedHashSet<>(orders.values(7))).containsExactly("1", "2", "4", "5", "6", "7", "8");
        assertThat(letters.records(1).stream().map(letter -> reason(letter, "event-id")))
                .containsOnly(shop.query("SELECT id FROM outbox WHERE length(payload::text) > 1000"));
    }

    /** Where a retry with a delay would show. */
    private static String slow(String yaml) {
        return yaml.replace("first-delay: 100ms, longest-delay: 500ms", "first-delay: 1h, longest-delay: 1h");
    }

    private static Shop tableOfAnything() {
        Shop shop = Shop.empty();
        shop.execute("""
                CREATE TABLE outbox (id uuid, aggregatetype text, aggregateid text, type text, payload json,
                    headers json, occurred_at timestamptz)
                """);
        return shop;
    }

    private static void insertRowsThatAreNoRecords(Shop shop) {
        shop.execute("""
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers) VALUES
                (gen_random_uuid(), 'Order', '1', 'a.v1', '"first"', null),
                (null, 'Order', '1', 'a.v1', '"secret"', null),
                (gen_random_uuid(), null, '1', 'a.v1', '"secret"', null),
                (gen_random_uuid(), 'Order', null, 'a.v1', '"secret"', null),
                (gen_random_uuid(), 'Order', '1', null, '"secret"', null),
                (gen_random_uuid(), 'not a topic', '1', 'a.v1', '"secret"', null),
                (gen_random_uuid(), 'Order', '1', 'a.v1', '"secret"', '["secret"]'),
                (gen_random_uuid(), 'Order', '1', 'a.v1', '"last"', null)
                """);
    }

    private static Topic deadLetters(Shop shop) {
        return new Topic("outbox.dead-letter." + shop.name);
    }

    private static ConsumerRecord<byte[], byte[]> onlyRecord(Topic topic) {
        List<ConsumerRecord<byte[], byte[]>> records = topic.records(1);
        assertThat(records).hasSize(1);
        return records.get(0);
    }

    private static List<ConsumerRecord<byte[], byte[]>> byTime(List<ConsumerRecord<byte[], byte[]>> records) {
        List<ConsumerRecord<byte[], byte[]>> sorted = new ArrayList<>(records);
        sorted.sort(java.util.Comparator.comparing(ConsumerRecord::timestamp));
        return sorted;
    }

    private static String reason(ConsumerRecord<byte[], byte[]> letter, String name) {
        return Topic.header(letter, "outbox.dead-letter." + name);
    }
}
