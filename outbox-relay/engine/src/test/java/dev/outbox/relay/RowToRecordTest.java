package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a row of the outbox becomes. */
class RowToRecordTest {

    private final Database database = Database.create().execute(OutboxTable.ddl());

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void a_row_becomes_a_record() {
        try (Host host = Host.start(database.config().build())) {
            Instant before = Instant.now();
            database.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at)
                    VALUES ('0198c0de-0000-7000-8000-000000000001', 'Order', 'o-1', 'order.placed.v1', '{"a" : "ü"}',
                    '{"tenant":"acme","retries":3,"id":"forged","gone":null,"deep":{"a": [1]}}', '2026-03-01 13:00:00.25+01')
                    """);

            Delivery delivery = host.take(1).get(0);

            RelayRecord record = delivery.record();
            assertThat(record.topic()).isEqualTo("outbox.event.Order");
            assertThat(record.key()).asString().isEqualTo("o-1");
            assertThat(new String(record.value(), StandardCharsets.UTF_8)).isEqualTo("{\"a\" : \"ü\"}");
            assertThat(record.timestamp())
                    .isBetween(before.toEpochMilli() - 1, Instant.now().toEpochMilli());
            assertThat(record.headers().stream().map(RelayHeader::name))
                    .containsExactly(
                            "id",
                            "eventType",
                            "aggregateType",
                            "occurredAt",
                            "contentType",
                            "tenant",
                            "retries",
                            "deep");
            assertThat(Host.header(delivery, "id")).isEqualTo("0198c0de-0000-7000-8000-000000000001");
            assertThat(Host.header(delivery, "eventType")).isEqualTo("order.placed.v1");
            assertThat(Host.header(delivery, "aggregateType")).isEqualTo("Order");
            assertThat(Host.header(delivery, "occurredAt")).isEqualTo("2026-03-01T12:00:00.25Z");
            assertThat(Host.header(delivery, "contentType")).isEqualTo("application/json");
            assertThat(Host.header(delivery, "tenant")).isEqualTo("acme");
            assertThat(Host.header(delivery, "retries")).isEqualTo("3");
            assertThat(Host.header(delivery, "deep")).isEqualTo("{\"a\": [1]}");
        }
    }

    @Test
    void a_column_added_while_streaming_changes_nothing_and_a_required_one_dropped_is_loud() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            database.execute("ALTER TABLE outbox ADD COLUMN note text, DROP COLUMN headers");
            database.insert("a", 2, 1);
            List<Delivery> deliveries = host.take(2);
            assertThat(Host.values(deliveries)).containsExactly("{\"n\":1}", "{\"n\":2}");
            deliveries.forEach(Delivery::ack);

            database.execute("ALTER TABLE outbox DROP COLUMN type");
            database.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, payload, occurred_at) VALUES"
                    + " (gen_random_uuid(), 'Order', 'a', '1', now())");
            assertThatThrownBy(() -> host.take(1))
                    .isInstanceOf(RelayException.class)
                    .hasMessageContaining("'type'")
                    .hasMessageContaining("public.outbox");
        }
    }

    @Test
    void debeziums_five_columns_are_enough() {
        Database debezium = Database.create().execute("""
                CREATE TABLE outbox (id uuid PRIMARY KEY, aggregatetype varchar(255) NOT NULL,
                aggregateid varchar(255) NOT NULL, type varchar(255) NOT NULL, payload jsonb)
                """);
        try (Host host = Host.start(debezium.config().build())) {
            debezium.execute("INSERT INTO outbox VALUES ('0198c0de-0000-7000-8000-000000000001', 'Order', '42',"
                    + " 'OrderCreated', '{\"b\":1,\"a\":2}')");

            Delivery delivery = host.take(1).get(0);

            assertThat(delivery.record().topic()).isEqualTo("outbox.event.Order");
            assertThat(delivery.record().key()).asString().isEqualTo("42");
            assertThat(delivery.record().value()).asString().isEqualTo("{\"a\": 2, \"b\": 1}");
            assertThat(Host.header(delivery, "id")).isEqualTo("0198c0de-0000-7000-8000-000000000001");
            assertThat(Host.header(delivery, "occurredAt")).isEqualTo("none");
        }
    }

    @Test
    void bytes_arrive_unchanged() {
        Database binary = Database.create().execute(OutboxTable.ddl().replace("payload       json,", "payload bytea,"));
        try (Host host = Host.start(binary.config().build())) {
            binary.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at)"
                    + " VALUES (gen_random_uuid(), 'Order', 'a', 't', '\\x00ff10', null, now()),"
                    + " (gen_random_uuid(), 'Order', 'a', 't', '\\x',"
                    + " '{\"contentType\":\"application/avro\"}', now())");

            List<Delivery> deliveries = host.take(2);

            assertThat(deliveries.get(0).record().value()).containsExactly(0x00, 0xff, 0x10);
            assertThat(Host.header(deliveries.get(0), "contentType")).isEqualTo("application/octet-stream");
            assertThat(deliveries.get(1).record().value()).isEmpty();
            assertThat(Host.header(deliveries.get(1), "contentType")).isEqualTo("application/avro");
        }
    }

    @Test
    void a_null_payload_is_an_empty_value_or_where_configured_a_tombstone() {
        database.execute("SELECT pg_create_logical_replication_slot('" + database.slot() + "', 'pgoutput')");
        database.execute("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
        String insert = "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)"
                + " VALUES (gen_random_uuid(), 'Order', 'a', 't', null, now())";
        try (Host host = Host.start(database.config().build())) {
            database.execute(insert);
            assertThat(host.take(1).get(0).record().value()).isEmpty();
        }
        try (Host host =
                Host.start(database.config().nullPayload(NullPayload.TOMBSTONE).build())) {
            assertThat(host.take(1).get(0).record().value()).isNull();
        }
    }

    @Test
    void every_name_can_be_another() {
        Database other = Database.create()
                .execute("CREATE SCHEMA \"My Events\"")
                .execute(OutboxTable.ddl()
                        .replace("public.outbox", "\"My Events\".\"Out\"")
                        .replace("payload", "body"));
        OutboxTable table = OutboxTable.named("My Events", "Out").withColumn(Column.PAYLOAD, "body");
        RelayConfig config = other.config()
                .table(table)
                .publication("My Publication")
                .topic("{aggregateType}.events")
                .routes(Map.of("Person", "people"))
                .timestamp(RecordTimestamp.OCCURRED_AT)
                .build();
        try (Host host = Host.start(config)) {
            for (String type : List.of("Order", "Person")) {
                other.execute("INSERT INTO \"My Events\".\"Out\" VALUES" + " (gen_random_uuid(), '" + type
                        + "', 'a', 't', '1', null, '2020-01-01 00:00:00.123456Z')");
            }
            List<Delivery> deliveries = host.take(2);

            assertThat(deliveries.stream().map(delivery -> delivery.record().topic()))
                    .containsExactly("Order.events", "people");
            assertThat(deliveries.get(0).record().timestamp())
                    .isEqualTo(Instant.parse("2020-01-01T00:00:00.123Z").toEpochMilli());
        }
    }

    @Test
    void a_topic_that_kafka_would_refuse_is_no_record_until_the_type_has_a_route() {
        Host host = Host.start(database.config().build());
        database.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)"
                + " VALUES (gen_random_uuid(), '🙂', 'a', 't', '1', now())");
        assertThatThrownBy(() -> host.take(1).get(0).record())
                .isInstanceOf(RelayException.class)
                .hasMessageContaining("'🙂'")
                .hasMessageContaining("routes");
        host.close();

        try (Host routed =
                Host.start(database.config().routes(Map.of("🙂", "smiles")).build())) {
            assertThat(routed.take(1).get(0).record().topic()).isEqualTo("smiles");
        }
    }

    @Test
    void thousands_of_aggregate_types_each_find_their_topic() {
        RelayConfig config = database.config().maxBytesInFlight(32 << 20).build();
        try (Host host = Host.start(config)) {
            database.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Type' || n, 'a', 't', '1', now() FROM generate_series(1, 10000) n
                    ORDER BY n
                    """);
            assertThat(host.take(10_000).stream()
                            .map(delivery -> delivery.record().topic()))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, 10_000)
                            .mapToObj(n -> "outbox.event.Type" + n)
                            .toList());
        }
    }
}
