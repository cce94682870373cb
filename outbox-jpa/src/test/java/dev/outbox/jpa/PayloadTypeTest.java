package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.outbox.EventSerializer;
import dev.outbox.EventType;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the payload column holds, and what consumers are told about it. */
class PayloadTypeTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @EventType("raw.v1")
    record Raw(byte[] bytes) {}

    private record RawSerializer(String contentType) implements EventSerializer {
        @Override
        public byte[] serialize(Object event) {
            return ((Raw) event).bytes();
        }
    }

    @Test
    void a_table_of_debeziums_five_columns_is_enough() {
        database.execute("ALTER TABLE public.outbox DROP COLUMN headers, DROP COLUMN occurred_at, DROP COLUMN xid");
        OutboxTable five = OutboxTable.DEFAULT
                .without(Column.HEADERS)
                .without(Column.OCCURRED_AT)
                .without(Column.XID);
        JpaOutbox outbox = JpaOutbox.builder().table(five).build();
        database.inTransaction(em -> {
            assertThatThrownBy(() -> outbox.on(em)
                            .publish("Person", 1, new PersonRegistered("Ada"), m -> m.header("tenant", "a")))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("no headers column");
            outbox.on(em).publish("Person", 1, new PersonRegistered("Ada"));
        });
        assertThat(database.rows())
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsOnlyKeys("id", "aggregatetype", "aggregateid", "type", "payload"));
        assertThatThrownBy(() -> JpaOutbox.builder()
                        .table(five)
                        .serializer(new RawSerializer("application/avro"))
                        .build())
                .hasMessageContaining("application/avro");
    }

    @Test
    void json_is_stored_as_written() {
        assertThat(written(PayloadType.JSON, "application/json", "{ \"b\": 1,  \"a\": 2 }"))
                .containsEntry("payload", "{ \"b\": 1,  \"a\": 2 }")
                .containsEntry("headers", null);
    }

    @Test
    void jsonb_is_stored_parsed() {
        assertThat(written(PayloadType.JSONB, "application/json", "{ \"b\": 1,  \"a\": 2 }"))
                .containsEntry("payload", "{\"a\": 2, \"b\": 1}")
                .containsEntry("headers", null);
    }

    @Test
    void text_is_stored_as_written() {
        assertThat(written(PayloadType.TEXT, "text/plain", "Thiès 🌍 and a \uFFFD that is meant"))
                .containsEntry("payload", "Thiès 🌍 and a \uFFFD that is meant")
                .containsEntry("headers", null);
    }

    @Test
    void bytea_stores_any_bytes_as_they_were_at_the_call() {
        byte[] bytes = {0, 1, (byte) 0xff, (byte) 0x80};
        inColumn(PayloadType.BYTEA);
        JpaOutbox outbox = outbox(PayloadType.BYTEA, new RawSerializer("application/octet-stream"));
        database.inTransaction(em -> {
            outbox.on(em).publish("Raw", 1, new Raw(bytes));
            bytes[0] = 42;
        });
        assertThat(database.rows())
                .singleElement()
                .satisfies(row ->
                        assertThat(row).containsEntry("payload", "\\x0001ff80").containsEntry("headers", null));
    }

    @Test
    void a_content_type_other_than_the_columns_is_told_beside_the_headers() {
        inColumn(PayloadType.BYTEA);
        JpaOutbox outbox = outbox(PayloadType.BYTEA, new RawSerializer("application/avro"));
        database.inTransaction(em -> {
            outbox.on(em).publish("Raw", 1, new Raw(new byte[] {1}));
            outbox.on(em).publish("Raw", 1, new Raw(new byte[] {2}), m -> m.header("tenant", "Dakar"));
        });
        assertThat(database.rows())
                .extracting(row -> row.get("headers"))
                .containsExactly(
                        "{\"contentType\":\"application/avro\"}",
                        "{\"contentType\":\"application/avro\",\"tenant\":\"Dakar\"}");
    }

    @Test
    void the_default_serializer_in_a_text_column_says_that_it_is_json() {
        inColumn(PayloadType.TEXT);
        JpaOutbox outbox = JpaOutbox.builder().payloadType(PayloadType.TEXT).build();
        database.inTransaction(em -> outbox.on(em).publish("Person", 1, new PersonRegistered("Ada")));
        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("payload", "{\"name\":\"Ada\"}")
                        .containsEntry("headers", "{\"contentType\":\"application/json\"}"));
    }

    @Test
    void a_mapper_of_jackson_2_fits_in_as_it_is() {
        JpaOutbox outbox = JpaOutbox.builder()
                .serializer(new ObjectMapper()::writeValueAsBytes)
                .build();
        database.inTransaction(em -> outbox.on(em).publish("Person", 1, new PersonRegistered("Ada")));
        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("payload", "{\"name\":\"Ada\"}")
                        .containsEntry("headers", null));
    }

    @Test
    void a_string_that_is_json_already_is_stored_as_it_is() {
        JpaOutbox outbox = JpaOutbox.builder()
                .serializer(EventSerializer.text("application/json"))
                .build();
        database.inTransaction(
                em -> outbox.on(em).publish("Person", 1, "{ \"a\": 1 }", options -> options.type("note.taken.v1")));
        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("type", "note.taken.v1")
                        .containsEntry("payload", "{ \"a\": 1 }")
                        .containsEntry("headers", null));
    }

    @Test
    void bytes_of_another_serializer_are_stored_as_they_are() {
        inColumn(PayloadType.BYTEA);
        JpaOutbox outbox = outbox(PayloadType.BYTEA, EventSerializer.bytes("application/avro"));
        byte[] avro = {0, (byte) 0xff};
        database.inTransaction(
                em -> outbox.on(em).publish("Person", 1, avro, options -> options.type("person.moved.v1")));
        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("type", "person.moved.v1")
                        .containsEntry("payload", "\\x00ff")
                        .containsEntry("headers", "{\"contentType\":\"application/avro\"}"));
    }

    @Test
    void bytes_that_are_no_text_are_refused_at_the_call_where_the_column_is_text() {
        for (PayloadType type : new PayloadType[] {PayloadType.JSON, PayloadType.JSONB, PayloadType.TEXT}) {
            for (byte[] bytes :
                    new byte[][] {{(byte) 0xff}, {(byte) 0xef, (byte) 0xbf, (byte) 0xbd, (byte) 0xff}, {'a', 0, 'b'}}) {
                JpaOutbox outbox = outbox(type, new RawSerializer("application/json"));
                database.inTransaction(em -> assertThatThrownBy(
                                () -> outbox.on(em).publish("Raw", 1, new Raw(bytes)))
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContainingAll(
                                "event 'raw.v1' of Raw 1", "UTF-8", type.sqlName() + " column", "PayloadType.BYTEA"));
            }
        }
        assertThat(database.rows()).isEmpty();
    }

    private static Map<String, @Nullable String> written(PayloadType type, String contentType, String payload) {
        inColumn(type);
        JpaOutbox outbox = outbox(type, new RawSerializer(contentType));
        database.inTransaction(
                em -> outbox.on(em).publish("Raw", 1, new Raw(payload.getBytes(StandardCharsets.UTF_8))));
        return database.rows().get(0);
    }

    private static JpaOutbox outbox(PayloadType type, EventSerializer serializer) {
        return JpaOutbox.builder().payloadType(type).serializer(serializer).build();
    }

    private static void inColumn(PayloadType type) {
        database.execute(
                "ALTER TABLE public.outbox DROP payload; ALTER TABLE public.outbox ADD payload " + type.sqlName());
    }
}
