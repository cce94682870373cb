package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import jakarta.persistence.RollbackException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An INSERT that fails takes the business transaction with it, and says what to do, without any of the data. */
class InsertFailureTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final String SECRET = "4929-1234-5678-9012";

    @AfterEach
    void the_business_data_is_rolled_back() {
        assertThat(database.people()).isZero();
    }

    @Test
    void a_missing_table() {
        database.execute("DROP TABLE public.outbox");
        assertThat(failureOf(JpaOutbox.builder().build(), new PersonRegistered(SECRET)))
                .hasMessageContainingAll(
                        "Writing 1 event(s), the first one 'person.registered.v1' of Person 7, to the outbox table"
                                + " public.outbox failed, so the transaction can't commit:",
                        "ERROR: relation \"public.outbox\" does not exist (SQLSTATE 42P01)",
                        "OutboxTable.ddl()",
                        "JpaOutbox.builder().table(...)");
    }

    @Test
    void a_missing_schema() {
        JpaOutbox outbox = JpaOutbox.builder()
                .table(OutboxTable.named("nowhere", "outbox"))
                .build();
        assertThat(failureOf(outbox, new PersonRegistered(SECRET)))
                .hasMessageContainingAll("nowhere.outbox", "42P01", "OutboxTable.ddl()");
    }

    @Test
    void a_missing_column() {
        JpaOutbox outbox = JpaOutbox.builder()
                .table(OutboxTable.DEFAULT.withColumn(Column.HEADERS, "meta"))
                .build();
        assertThat(failureOf(outbox, new PersonRegistered(SECRET)))
                .hasMessageContainingAll("column \"meta\"", "42703", "OutboxTable.withColumn(...)");
    }

    @Test
    void a_payload_column_of_another_type() {
        JpaOutbox outbox = JpaOutbox.builder().payloadType(PayloadType.BYTEA).build();
        assertThat(failureOf(outbox, new PersonRegistered(SECRET)))
                .hasMessageContainingAll("\"payload\" is of type json", "42804", "bytea", "payloadType(...)");
    }

    @Test
    void an_id_used_twice() {
        UUID id = UUID.randomUUID();
        Throwable failure = catchThrowable(() -> database.inTransaction(em -> {
            em.persist(new Person("Ada"));
            Outbox outbox = JpaOutbox.builder().build().on(em);
            outbox.publish("Person", 7, new PersonRegistered(SECRET), m -> m.id(id));
            outbox.publish("Person", 7, new PersonRegistered(SECRET), m -> m.id(id));
        }));
        assertThat(outboxExceptionIn(failure))
                .hasMessageContainingAll(
                        "event(s), the first one 'person.registered.v1' of Person 7",
                        "23505",
                        "each event needs its own");
    }

    @Test
    void a_check_of_the_table_that_fails_shows_nothing_of_the_row() {
        database.execute("ALTER TABLE public.outbox ADD CONSTRAINT none CHECK (payload IS NULL)");
        assertThat(failureOf(JpaOutbox.builder().build(), new PersonRegistered(SECRET)))
                .hasMessageContainingAll("violates check constraint \"none\"", "23514");
    }

    @Test
    void a_missing_privilege() {
        database.execute("DROP ROLE IF EXISTS nobody; CREATE ROLE nobody; GRANT ALL ON Person TO nobody");
        Throwable failure = catchThrowable(() -> database.inTransaction(em -> {
            em.createNativeQuery("SET LOCAL ROLE nobody").executeUpdate();
            JpaOutbox.builder().build().on(em).publish("Person", 7, new PersonRegistered(SECRET));
        }));
        database.execute("DROP OWNED BY nobody; DROP ROLE nobody");
        assertThat(outboxExceptionIn(failure))
                .hasMessageContainingAll("42501", "GRANT INSERT ON \"public\".\"outbox\"");
    }

    @Test
    void a_nul_character_in_a_jsonb_payload_while_json_stores_it() {
        PersonRegistered event = new PersonRegistered(SECRET + "\0");
        database.execute("ALTER TABLE public.outbox ALTER payload TYPE jsonb");
        assertThat(failureOf(JpaOutbox.builder().payloadType(PayloadType.JSONB).build(), event))
                .hasMessageContainingAll("unsupported Unicode escape sequence", "22P05", "jsonb", "U+0000");

        database.execute("ALTER TABLE public.outbox ALTER payload TYPE json");
        database.inTransaction(em -> JpaOutbox.builder().build().on(em).publish("Person", 7, event));
        assertThat(database.rows())
                .extracting(row -> row.get("payload"))
                .containsExactly("{\"name\":\"" + SECRET + "\\u0000\"}");
    }

    @Test
    void a_payload_that_is_no_json() {
        JpaOutbox outbox = JpaOutbox.builder()
                .serializer(event -> ("{" + SECRET).getBytes(StandardCharsets.UTF_8))
                .build();
        assertThat(failureOf(outbox, new PersonRegistered(SECRET)))
                .hasMessageContainingAll("invalid input syntax for type json", "22P02", "serializer");
    }

    private static OutboxException failureOf(JpaOutbox outbox, Object event) {
        return outboxExceptionIn(catchThrowable(() -> database.inTransaction(em -> {
            em.persist(new Person("Ada"));
            outbox.on(em).publish("Person", 7, event);
        })));
    }

    /** The exception of the commit, or of the call where the provider has it written there, after a look at its log. */
    private static OutboxException outboxExceptionIn(Throwable failure) {
        StringWriter log = new StringWriter();
        failure.printStackTrace(new PrintWriter(log));
        assertThat(log.toString()).doesNotContain(SECRET);
        if (failure instanceof RollbackException) {
            assertThat(failure).hasCauseInstanceOf(OutboxException.class);
            return (OutboxException) Objects.requireNonNull(failure.getCause());
        }
        assertThat(failure).isInstanceOf(OutboxException.class);
        return (OutboxException) failure;
    }
}
