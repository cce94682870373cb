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
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An INSERT that fails takes the business transaction with it, and says what to do, without any of the data. */
class InsertFailureTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final String SECRET = "4929-1234-5678-9012";

    @AfterEach
    void no_publication_stays() {
        database.execute("DROP PUBLICATION IF EXISTS everything");
    }

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

    @Test
    void a_read_only_transaction() {
        assertThat(failureAfter("SET TRANSACTION READ ONLY"))
                .hasMessageContainingAll("25006", "transaction that is not read-only", "primary");
    }

    @Test
    void a_column_that_is_too_short() {
        database.execute("ALTER TABLE public.outbox ALTER type TYPE varchar(5)");
        assertThat(failureOf(JpaOutbox.builder().build(), new PersonRegistered(SECRET)))
                .hasMessageContainingAll("22001", "widen it to varchar(255)");
    }

    @Test
    void a_column_of_the_applications_own_that_wants_a_value() {
        database.execute("ALTER TABLE public.outbox ADD tenant text NOT NULL");
        assertThat(failureOf(JpaOutbox.builder().build(), new PersonRegistered(SECRET)))
                .hasMessageContainingAll("23502", "give it a default");
    }

    @Test
    void a_partitioned_table_without_a_partition_for_the_row() {
        database.execute("DROP TABLE public.outbox;"
                + OutboxTable.ddl().replaceFirst("(?s)(CREATE TABLE .*?\\));", "$1 PARTITION BY LIST (id);"));
        assertThat(failureOf(JpaOutbox.builder().build(), new PersonRegistered(SECRET)))
                .hasMessageContainingAll("no partition of relation", "23514", "create the partition");
    }

    @Test
    void an_earlier_statement_that_has_failed_unnoticed() {
        assertThat(failureAfter("DO $$ BEGIN PERFORM 1/0; END $$"))
                .hasMessageContainingAll("25P02", "An earlier statement of this transaction has failed");
    }

    @Test
    void a_lock_that_is_waited_for_too_long() throws SQLException {
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE public.outbox IN SHARE MODE");
            assertThat(failureAfter("SET LOCAL lock_timeout = '50ms'"))
                    .hasMessageContainingAll("55P03", "run the whole transaction again");
            assertThat(failureAfter("SET LOCAL statement_timeout = '50ms'"))
                    .hasMessageContainingAll("57014", "statement_timeout", "pg_stat_activity");
        }
    }

    @Test
    void a_deadlock() throws SQLException {
        try (Connection other = database.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SET LOCAL deadlock_timeout = '1h'; LOCK TABLE public.outbox IN SHARE MODE");
            CompletableFuture<OutboxException> failure = CompletableFuture.supplyAsync(() ->
                    failureAfter("SET LOCAL deadlock_timeout = '3s'; LOCK TABLE OrderLine IN ROW EXCLUSIVE MODE"));
            Awaitility.await()
                    .until(() -> !database.query("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
                            .isEmpty());
            statement.execute("LOCK TABLE OrderLine IN SHARE MODE");
            assertThat(failure.join()).hasMessageContainingAll("40P01", "run the whole transaction again");
        }
    }

    @Test
    void a_serialization_failure() throws SQLException {
        Throwable failure = catchThrowable(() -> database.inTransaction(em -> {
            em.createNativeQuery("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE").executeUpdate();
            em.createNativeQuery("SELECT * FROM OrderLine").getResultList();
            try (Connection other = database.connect();
                    Statement statement = other.createStatement()) {
                other.setAutoCommit(false);
                other.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                statement.execute("SELECT * FROM public.outbox");
                statement.execute("INSERT INTO OrderLine (id, quantity) VALUES (gen_random_uuid(), 1)");
                other.commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            JpaOutbox.builder().build().on(em).publish("Person", 7, new PersonRegistered(SECRET));
        }));
        assertThat(outboxExceptionIn(failure)).hasMessageContainingAll("40001", "run the whole transaction again");
    }

    @Test
    void a_delete_that_a_publication_can_not_tell_of() {
        database.execute("ALTER TABLE public.outbox DROP CONSTRAINT outbox_pkey;"
                + "CREATE PUBLICATION everything FOR TABLE public.outbox");
        JpaOutbox outbox =
                JpaOutbox.builder().retention(Retention.DELETE_AFTER_INSERT).build();
        assertThat(failureOf(outbox, new PersonRegistered(SECRET)))
                .hasMessageContainingAll("55000", "replica identity", "publish = 'insert'");
    }

    @Test
    void a_missing_privilege_to_delete() {
        database.execute("DROP ROLE IF EXISTS nobody; CREATE ROLE nobody; GRANT INSERT ON public.outbox TO nobody");
        JpaOutbox outbox =
                JpaOutbox.builder().retention(Retention.DELETE_AFTER_INSERT).build();
        assertThat(failureAfter("SET LOCAL ROLE nobody", outbox))
                .hasMessageContainingAll("42501", "GRANT SELECT, INSERT, DELETE ON \"public\".\"outbox\"");
        database.execute("DROP OWNED BY nobody; DROP ROLE nobody");
    }

    /** Which no test can provoke on a server that others use, too. */
    @Test
    void a_full_disk_and_a_lost_connection_by_their_codes_alone() {
        assertThat(explained("53100")).hasMessageContainingAll("disk is full", "pg_replication_slots", "relay");
        for (String lost : List.of("08006", "57P01")) {
            assertThat(explained(lost))
                    .hasMessageContainingAll("connection is lost", "run the whole transaction again");
        }
        assertThat(explained("XX000")).hasMessageContaining("the server's own message");
    }

    private static OutboxException explained(String sqlState) {
        OutboxRow row =
                new OutboxRow(UUID.randomUUID(), "Person", "7", "person.registered.v1", SECRET, null, Instant.EPOCH);
        OutboxException explained = new InsertFailure(OutboxTable.DEFAULT, PayloadType.JSON, Retention.KEEP)
                .explain(List.of(row), new SQLException("as the server says", sqlState));
        assertThat(explained).hasMessageNotContaining(SECRET);
        return explained;
    }

    private static OutboxException failureAfter(String sql) {
        return failureAfter(sql, JpaOutbox.builder().build());
    }

    /** The failure of an event alone, after a statement in its transaction whose own failure is passed over. */
    private static OutboxException failureAfter(String sql, JpaOutbox outbox) {
        return outboxExceptionIn(catchThrowable(() -> database.inTransaction(em -> {
            em.unwrap(Session.class).doWork(connection -> {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                } catch (SQLException e) {
                    assertThat(sql).startsWith("DO");
                }
            });
            outbox.on(em).publish("Person", 7, new PersonRegistered(SECRET));
        })));
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
