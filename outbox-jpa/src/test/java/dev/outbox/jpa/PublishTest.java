package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventType;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of an event. */
class PublishTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

    @EventType("note.taken.v1")
    static class NoteTaken {
        public String text = "";
    }

    @Test
    void an_event_becomes_a_row_of_the_transaction_of_the_change() {
        Person person = new Person("Ada");
        UUID[] id = new UUID[1];
        Instant before = Instant.now().truncatedTo(ChronoUnit.MICROS);

        database.inTransaction(em -> {
            em.persist(person);
            id[0] = jpaOutbox.on(em).publish("Person", person.id, new PersonRegistered("Ada"));
        });

        assertThat(database.people()).isEqualTo(1);
        assertThat(database.rows()).singleElement().satisfies(row -> {
            assertThat(row)
                    .containsEntry("id", id[0].toString())
                    .containsEntry("aggregatetype", "Person")
                    .containsEntry("aggregateid", person.id.toString())
                    .containsEntry("type", "person.registered.v1")
                    .containsEntry("payload", "{\"name\":\"Ada\"}")
                    .containsEntry("headers", null);
        });
        assertThat(database.query("SELECT occurred_at::text AS at FROM public.outbox WHERE occurred_at >= '" + before
                        + "' AND occurred_at <= clock_timestamp()"))
                .as("occurred_at is the time of the call")
                .hasSize(1);
        assertThat(Duration.between(before, Instant.now())).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void the_row_knows_the_transaction_that_wrote_the_business_data() {
        database.inTransaction(em -> {
            em.persist(new Person("Ada"));
            jpaOutbox.on(em).publish("Person", 1, new PersonRegistered("Ada"));
        });

        assertThat(database.query("SELECT 1 FROM public.outbox o, Person p WHERE o.xid::xid = p.xmin"))
                .hasSize(1);
    }

    @Test
    void the_payload_is_frozen_at_the_call() {
        NoteTaken note = new NoteTaken();
        database.inTransaction(em -> {
            note.text = "first";
            jpaOutbox.on(em).publish("Note", 1, note);
            note.text = "second";
            jpaOutbox.on(em).publish("Note", 1, note);
            note.text = "third";
        });

        assertThat(database.rows())
                .extracting(row -> row.get("payload"))
                .containsExactly("{\"text\":\"first\"}", "{\"text\":\"second\"}");
    }

    @Test
    void an_explicit_id_is_kept() {
        UUID id = UUID.fromString("01900000-0000-7000-8000-000000000001");
        database.inTransaction(em -> assertThat(
                        jpaOutbox.on(em).publish("Person", 1, new PersonRegistered("Ada"), m -> m.id(id)))
                .isEqualTo(id));

        assertThat(database.rows()).extracting(row -> row.get("id")).containsExactly(id.toString());
    }

    @Test
    void headers_are_a_flat_json_object_sorted_by_name() {
        database.inTransaction(em -> jpaOutbox
                .on(em)
                .publish(
                        "Person",
                        1,
                        new PersonRegistered("Ada"),
                        m -> m.header("tenant", "Thiès \"4\" \\ \n\t🌍")
                                .header("empty", "")
                                .header("tenant", "Thiès \"5\" \\ \n\t\u007f🌍")));

        assertThat(database.rows())
                .extracting(row -> row.get("headers"))
                .containsExactly("{\"empty\":\"\",\"tenant\":\"Thiès \\\"5\\\" \\\\ \\u000a\\u0009\u007f🌍\"}");
        assertThat(database.query("SELECT headers ->> 'tenant' AS tenant FROM public.outbox"))
                .extracting(row -> row.get("tenant"))
                .containsExactly("Thiès \"5\" \\ \n\t\u007f🌍");
    }

    @Test
    void headers_fit_into_a_jsonb_column_too() {
        database.execute("ALTER TABLE public.outbox ALTER headers TYPE jsonb");
        database.inTransaction(em ->
                jpaOutbox.on(em).publish("Person", 1, new PersonRegistered("Ada"), m -> m.header("tenant", "Dakar")));

        assertThat(database.rows()).extracting(row -> row.get("headers")).containsExactly("{\"tenant\": \"Dakar\"}");
    }

    @Test
    void every_supported_aggregate_id_becomes_its_one_text() {
        UUID uuid = UUID.fromString("01900000-0000-7000-8000-00000000000a");
        List<Object> ids = List.of(
                uuid,
                "A-7",
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                (short) -3,
                new BigInteger("123456789012345678901234567890"));
        database.inTransaction(
                em -> ids.forEach(id -> jpaOutbox.on(em).publish("Person", id, new PersonRegistered("A"))));

        assertThat(database.rows())
                .extracting(row -> row.get("aggregateid"))
                .containsExactly(
                        uuid.toString(),
                        "A-7",
                        "-2147483648",
                        "9223372036854775807",
                        "-3",
                        "123456789012345678901234567890");
    }

    @Test
    void ids_strictly_increase_in_the_order_of_the_calls() {
        List<UUID> ids = new ArrayList<>();
        database.inTransaction(em -> IntStream.range(0, 200)
                .forEach(i -> ids.add(jpaOutbox.on(em).publish("Person", i % 3, new PersonRegistered("P" + i)))));

        assertThat(ids.stream().map(UUID::toString).toList()).isSorted().doesNotHaveDuplicates();
        assertThat(database.query("SELECT payload ->> 'name' AS name FROM public.outbox ORDER BY ctid"))
                .as("rows in the order of the calls")
                .extracting(row -> row.get("name"))
                .containsExactlyElementsOf(
                        IntStream.range(0, 200).mapToObj(i -> "P" + i).toList());
    }

    @Test
    void a_table_with_other_names_is_written_as_it_is_named() {
        database.execute(
                "DROP SCHEMA IF EXISTS \"Ev\" CASCADE; CREATE SCHEMA \"Ev\"; CREATE TABLE \"Ev\".\"Out box?\" ("
                        + "\"Id\" uuid, \"kind\" text, \"order\" text, \"what?\" text, \"Body\" json, h json, \"when\" timestamptz)");
        JpaOutbox outbox = JpaOutbox.builder()
                .table(OutboxTable.named("Ev", "Out box?")
                        .withColumn(Column.ID, "Id")
                        .withColumn(Column.AGGREGATE_TYPE, "kind")
                        .withColumn(Column.AGGREGATE_ID, "order")
                        .withColumn(Column.TYPE, "what?")
                        .withColumn(Column.PAYLOAD, "Body")
                        .withColumn(Column.HEADERS, "h")
                        .withColumn(Column.OCCURRED_AT, "when"))
                .build();

        database.inTransaction(em ->
                outbox.on(em).publish("Person", 7, new PersonRegistered("Ada"), m -> m.header("tenant", "Dakar")));

        assertThat(database.query("SELECT kind, \"order\", \"what?\", \"Body\", h FROM \"Ev\".\"Out box?\""))
                .singleElement()
                .satisfies(row -> assertThat(row.values())
                        .containsExactly(
                                "Person", "7", "person.registered.v1", "{\"name\":\"Ada\"}", "{\"tenant\":\"Dakar\"}"));
        assertThat(database.rows()).isEmpty();
    }
}
