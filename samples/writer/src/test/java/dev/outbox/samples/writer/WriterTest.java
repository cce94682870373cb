package dev.outbox.samples.writer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.SampleException;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

class WriterTest {

    private static final long SEED = 20260301;

    private static PostgresServer postgres;

    private String database;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    @BeforeEach
    void createDatabase(TestInfo test) {
        database = test.getTestMethod().orElseThrow().getName();
        database = database.substring(0, Math.min(60, database.length()));
        postgres.createDatabase(database);
    }

    @Test
    void a_rolled_back_transaction_leaves_nothing() throws SQLException {
        WriterResult result = write(settings(4, 100, 100));

        assertThat(result.rolledBackTransactions()).isEqualTo(100);
        assertThat(result.rolledBackEvents()).hasSize(100);
        assertThat(result.committedEvents()).isZero();
        assertThat(number("SELECT count(*) FROM persons")).isZero();
        assertThat(number("SELECT count(*) FROM outbox")).isZero();
        assertThat(number("SELECT count(*) FROM ledger")).isZero();
    }

    @Test
    void ledger_and_outbox_hold_the_same_events_and_the_account_agrees() throws SQLException {
        WriterResult result = write(settings(4, 600, 20));

        assertThat(ids("SELECT event_id FROM ledger")).isEqualTo(ids("SELECT id FROM outbox"));
        assertThat(result.transactions()).isEqualTo(600);
        assertThat(result.committedEvents()).isEqualTo(number("SELECT count(*) FROM ledger"));
        assertThat(result.rolledBackEvents())
                .hasSizeGreaterThan(50)
                .doesNotContainAnyElementsOf(ids("SELECT event_id FROM ledger"));
        assertThat(number("SELECT count(*) FROM ledger l JOIN outbox o ON o.id = l.event_id"
                        + " WHERE o.aggregateid = l.aggregate_id::text AND o.aggregatetype = 'Person'"
                        + " AND o.headers->>'sequence' = l.sequence::text"))
                .as("both name the same person and place in the order")
                .isEqualTo(result.committedEvents());
    }

    @Test
    void a_person_s_events_are_numbered_without_gap_in_the_order_of_their_making() throws SQLException {
        write(settings(4, 600, 20));

        assertThat(number("SELECT count(*) FROM (SELECT max(sequence) AS last, count(*) AS n FROM ledger"
                        + " GROUP BY aggregate_id) a WHERE last <> n"))
                .isZero();
        assertThat(number("SELECT count(*) FROM (SELECT sequence, row_number() OVER (PARTITION BY aggregate_id"
                        + " ORDER BY event_id) AS by_id FROM ledger) l WHERE sequence <> by_id"))
                .as("ids increase while the person is locked")
                .isZero();
        assertThat(number("SELECT count(*) FROM persons p WHERE sequence <> (SELECT max(sequence) FROM ledger"
                        + " WHERE aggregate_id = p.id)"))
                .isZero();
    }

    @Test
    void the_events_tell_the_persons() throws SQLException {
        write(settings(4, 600, 20));

        assertThat(number("SELECT count(*) FROM persons")).isGreaterThan(20);
        assertThat(number("""
                SELECT count(*) FROM persons p
                WHERE name <> (SELECT payload->>'name' FROM outbox WHERE aggregateid = p.id::text
                               AND payload->>'name' IS NOT NULL ORDER BY (headers->>'sequence')::bigint DESC LIMIT 1)
                   OR city <> (SELECT payload->>'city' FROM outbox WHERE aggregateid = p.id::text
                               AND payload->>'city' IS NOT NULL ORDER BY (headers->>'sequence')::bigint DESC LIMIT 1)
                """)).isZero();
        assertThat(number("SELECT count(*) FROM persons WHERE id::text IN"
                        + " (SELECT aggregateid FROM outbox WHERE type = 'person.deleted.v1')"))
                .isZero();
        assertThat(number("SELECT count(*) FROM outbox WHERE type = 'person.deleted.v1'"))
                .isPositive();
    }

    @Test
    void a_second_run_goes_on_with_the_persons_of_the_first() throws SQLException {
        write(settings(2, 200, 0));
        write(settings(2, 200, 0));

        assertThat(ids("SELECT event_id FROM ledger")).isEqualTo(ids("SELECT id FROM outbox"));
        assertThat(number("SELECT count(*) FROM (SELECT max(sequence) AS last, count(*) AS n FROM ledger"
                        + " GROUP BY aggregate_id) a WHERE last <> n"))
                .isZero();
    }

    @Test
    void the_account_is_right_also_when_connections_die_under_commits() throws SQLException {
        try (Writer writer = Writer.open(settings(4, 1_500, 5))) {
            CompletableFuture<WriterResult> running = CompletableFuture.supplyAsync(writer::run);
            for (int done = 200; done <= 1_000; done += 200) {
                long seen = done;
                Awaitility.await().until(() -> writer.transactionsDone() >= seen || running.isDone());
                postgres.execute(
                        "postgres",
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + database + "'");
            }
            WriterResult result = running.join();

            assertThat(ids("SELECT event_id FROM ledger")).isEqualTo(ids("SELECT id FROM outbox"));
            assertThat(result.committedEvents()).isEqualTo(number("SELECT count(*) FROM ledger"));
            assertThat(result.rolledBackEvents()).doesNotContainAnyElementsOf(ids("SELECT event_id FROM ledger"));
        }
    }

    @Test
    void the_ledger_waits_for_commits_under_way_before_it_answers() throws Exception {
        Ledger ledger = Ledger.inTable();
        LedgerEntry entry = new LedgerEntry(new UUID(1, 1), new UUID(2, 2), 1);
        try (Connection writing = postgres.connect(database);
                Connection asking = postgres.connect(database)) {
            Schema.create(writing);
            asking.setAutoCommit(false);
            ledger.write(writing, List.of(entry));
            CompletableFuture<Set<UUID>> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return ledger.committedAmong(asking, Set.of(entry.eventId(), new UUID(9, 9)));
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            Awaitility.await().until(() -> number("SELECT count(*) FROM pg_locks WHERE NOT granted") == 1);
            assertThat(answer).isNotDone();

            writing.commit();

            assertThat(answer.join()).containsExactly(entry.eventId());
        }
    }

    @Test
    void an_unreachable_database_is_told_in_one_sentence() {
        assertThatThrownBy(() -> Writer.open(new WriterSettings(
                        "jdbc:postgresql://localhost:1/shop", "postgres", "secret-word", 1, 1, 0, 0, SEED)))
                .isInstanceOf(SampleException.class)
                .hasMessageContaining("jdbc:postgresql://localhost:1/shop")
                .hasMessageContaining("check --url")
                .hasMessageNotContaining("secret-word")
                .message()
                .hasLineCount(1);
        assertThat(Command.run(new Main(), "--url", "jdbc:postgresql://localhost:1/shop"))
                .isEqualTo(1);
    }

    @Test
    void a_failure_that_nobody_ordered_ends_the_writer() {
        postgres.execute(database, "CREATE TABLE outbox (id int)");

        assertThatThrownBy(() -> write(settings(2, 50, 0)))
                .isInstanceOf(SampleException.class)
                .hasMessageContaining("aggregatetype");
    }

    @Test
    void the_command_writes_the_ids_of_what_was_rolled_back(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("rolled-back.txt");

        int exitCode = Command.run(
                new Main(),
                "--url",
                postgres.url(database),
                "--transactions",
                "50",
                "--rollback-percent",
                "50",
                "--seed",
                Long.toString(SEED),
                "--rolled-back",
                file.toString());

        assertThat(exitCode).isZero();
        assertThat(Files.readAllLines(file)).isNotEmpty().allSatisfy(UUID::fromString);
    }

    @Test
    void wrong_flags_end_with_2() {
        assertThat(Command.run(new Main())).isEqualTo(2);
        assertThat(Command.run(new Main(), "--url", "jdbc:postgresql://localhost/x", "--threads", "0"))
                .isEqualTo(2);
    }

    private WriterSettings settings(int threads, long transactions, int rollbackPercent) {
        return new WriterSettings(
                postgres.url(database), postgres.user(), "", threads, transactions, 0, rollbackPercent, SEED);
    }

    private static WriterResult write(WriterSettings settings) {
        try (Writer writer = Writer.open(settings)) {
            return writer.run();
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }

    private Set<UUID> ids(String sql) throws SQLException {
        Set<UUID> ids = new HashSet<>();
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                ids.add(rows.getObject(1, UUID.class));
            }
        }
        return ids;
    }
}
