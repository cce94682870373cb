package dev.outbox.relay.compat.debezium;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxTable;
import dev.outbox.relay.compat.debezium.Topic.Seen;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The two ways from Debezium to the relay that SWITCHING.md describes, on one table, to the same topics. */
class SwitchFromDebeziumTest {

    private static final int EVENTS = 60;
    private static final int AGGREGATES = 7;

    private static PostgresServer postgres;
    private static KafkaBroker broker;

    @TempDir
    Path directory;

    private int written;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
        postgres.close();
    }

    @Test
    void side_by_side_each_event_comes_twice_and_the_two_records_are_the_same_to_a_consumer() throws Exception {
        Topic topic = prepare("beside");
        try (DebeziumWorker debezium = debezium("beside")) {
            debezium.start();
            insert("beside", EVENTS);
            topic.records(EVENTS);
            try (RelayJar relay = RelayJar.run(directory, yaml("beside"))) {
                relay.awaitRelaying();
                insert("beside", EVENTS);
                List<Seen> both = topic.records(3 * EVENTS);

                Map<String, List<Seen>> twice =
                        both.stream().collect(Collectors.groupingBy(Seen::id, LinkedHashMap::new, Collectors.toList()));
                twice.values().removeIf(records -> records.size() == 1);
                assertThat(twice).hasSize(EVENTS);
                twice.values().forEach(SwitchFromDebeziumTest::assertSame);
                assertThat(twice.values())
                        .anyMatch(
                                pair -> relayed(pair).timestamp() < other(pair).timestamp());

                postgres.execute("beside", "DELETE FROM outbox");
                debezium.stop();
                drop("beside");
                insert("beside", EVENTS);
                List<Seen> all = topic.records(4 * EVENTS);
                assertThat(all).hasSize(4 * EVENTS);
                assertEachInOrder(all);
            }
        }
    }

    @Test
    void with_traffic_stopped_each_event_comes_once() throws Exception {
        Topic topic = prepare("stopped");
        try (DebeziumWorker debezium = debezium("stopped")) {
            debezium.start();
            insert("stopped", EVENTS);
            topic.records(EVENTS);
        }
        drop("stopped");
        try (RelayJar relay = RelayJar.run(directory, yaml("stopped"))) {
            relay.awaitRelaying();
            insert("stopped", EVENTS);

            List<Seen> all = topic.records(2 * EVENTS);
            assertThat(all).hasSize(2 * EVENTS);
            assertEachInOrder(all);
        }
    }

    @Test
    void back_again_with_traffic_stopped_each_event_comes_once() throws Exception {
        Topic topic = prepare("back");
        try (RelayJar relay = RelayJar.run(directory, yaml("back"))) {
            relay.awaitRelaying();
            insert("back", EVENTS);
            topic.records(EVENTS);
        }
        try (DebeziumWorker debezium = debezium("back")) {
            debezium.start();
            insert("back", EVENTS);

            List<Seen> all = topic.records(2 * EVENTS);
            assertThat(all).hasSize(2 * EVENTS);
            assertEachInOrder(all);
        }
    }

    @Test
    void with_tombstones_switched_on_a_payload_that_is_null_is_the_same_as_well() throws Exception {
        Topic topic = prepare("empty");
        try (DebeziumWorker debezium = debezium("empty")) {
            debezium.start();
            try (RelayJar relay = RelayJar.run(directory, yaml("empty") + "      null-payload: tombstone\n")) {
                relay.awaitRelaying();
                postgres.execute("empty", """
                        INSERT INTO outbox (id, aggregatetype, aggregateid, type, headers, occurred_at)
                        VALUES (gen_random_uuid(), 'empty', '1', 'happened.v1', '{"tenant":"acme"}', now())
                        """);

                List<Seen> pair = topic.records(2);
                assertThat(pair).extracting(Seen::value).containsExactly(Seen.NONE, Seen.NONE);
                assertSame(pair);
            }
        }
    }

    /** What the guide says is the same, and what differs. */
    private static void assertSame(List<Seen> pair) {
        assertThat(pair).hasSize(2);
        Seen relayed = relayed(pair);
        Seen debezium = other(pair);

        assertThat(relayed.topic()).isEqualTo(debezium.topic());
        assertThat(relayed.partition()).isEqualTo(debezium.partition());
        assertThat(relayed.key()).isEqualTo(debezium.key());
        assertThat(relayed.value()).isEqualTo(debezium.value());
        Map<String, String> headers = new HashMap<>(debezium.headers());
        headers.keySet().removeIf(name -> name.startsWith("__debezium.context."));
        assertThat(headers).containsOnlyKeys("id", "eventType");
        assertThat(relayed.headers())
                .containsAllEntriesOf(headers)
                .containsKeys("aggregateType", "occurredAt", "contentType")
                .containsEntry("tenant", "acme")
                .hasSize(6);
        assertThat(relayed.timestamp()).isLessThanOrEqualTo(debezium.timestamp());
    }

    private static Seen relayed(List<Seen> pair) {
        return pair.stream().filter(Seen::isRelayed).findFirst().orElseThrow();
    }

    private static Seen other(List<Seen> pair) {
        return pair.stream().filter(seen -> !seen.isRelayed()).findFirst().orElseThrow();
    }

    /** By ids, as a consumer that remembers them sees it: every event, and those of an aggregate in their order. */
    private void assertEachInOrder(List<Seen> records) {
        Map<String, Seen> first = new LinkedHashMap<>();
        records.forEach(seen -> first.putIfAbsent(seen.id(), seen));
        Map<String, List<Integer>> byAggregate = new HashMap<>();
        first.values()
                .forEach(seen -> byAggregate
                        .computeIfAbsent(seen.key(), key -> new ArrayList<>())
                        .add(Integer.valueOf(seen.value().replaceAll("\\D", ""))));

        assertThat(first).hasSize(written);
        assertThat(byAggregate.values())
                .allSatisfy(numbers -> assertThat(numbers).isSorted());
    }

    private Topic prepare(String database) {
        postgres.createDatabase(database);
        postgres.execute(database, OutboxTable.ddl());
        return Topic.create(broker.bootstrapServers(), "outbox.event." + database);
    }

    private DebeziumWorker debezium(String database) {
        return new DebeziumWorker(postgres.port(), database, broker.bootstrapServers(), directory.resolve("offsets"));
    }

    private static void drop(String database) {
        postgres.execute(database, "SELECT pg_drop_replication_slot('debezium_" + database + "')");
        postgres.execute(database, "DROP PUBLICATION debezium");
    }

    /** Each in a transaction of its own, numbered. */
    private void insert(String aggregateType, int count) {
        String values = IntStream.rangeClosed(written + 1, written + count)
                .mapToObj(number -> """
                        INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at)
                        VALUES (gen_random_uuid(), '%s', 'größe-%d', 'happened.v1', '{"number" : %d, "city":"Thiès"}', '{"tenant":"acme"}', now());
                        COMMIT;
                        """.formatted(aggregateType, number % AGGREGATES, number))
                .collect(Collectors.joining());
        postgres.execute(aggregateType, "COMMIT;" + values);
        written += count;
    }

    private String yaml(String name) {
        return """
                relay:
                  kafka:
                    bootstrap.servers: %s
                  streams:
                    %s:
                      url: %s
                      username: postgres
                      slot: relay_%s
                """.formatted(broker.bootstrapServers(), name, postgres.url(name), name);
    }
}
