package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to publication and table while the stream runs is noticed before anything beyond it is confirmed. */
class SourceWatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            DROP PUBLICATION outbox | CREATE PUBLICATION other FOR TABLE outbox
            DROP PUBLICATION outbox | CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')
            ALTER PUBLICATION outbox DROP TABLE outbox | ALTER PUBLICATION outbox ADD TABLE outbox
            ALTER PUBLICATION outbox SET (publish = 'update') | CREATE TABLE nothing ()
            ALTER PUBLICATION outbox RENAME TO other | CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')
            DROP TABLE outbox | CREATE TABLE outbox (LIKE old INCLUDING DEFAULTS); ALTER PUBLICATION outbox ADD TABLE outbox
            """)
    void a_change_in_mid_stream_ends_it_with_a_gap_that_covers_what_was_missed(String change, String back) {
        Database database = Database.create()
                .execute(OutboxTable.ddl())
                .execute("CREATE TABLE old (LIKE outbox INCLUDING DEFAULTS)");
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            List<Delivery> before = host.take(1);
            before.forEach(Delivery::ack);
            LogSequenceNumber delivered = settled(host).confirmableLsn();

            database.execute(change + ";" + missed(change) + ";" + back);
            LogSequenceNumber changed = currentLsn(database);
            GapException gap = gapOf(database, host);

            assertThat(gap.retriable()).isFalse();
            assertThat(gap).hasMessageContaining("accept the gap").hasMessageContaining("publication");
            assertThat(gap.range().afterLsn()).isBetween(delivered, changed);
            assertThat(gap.range().untilLsn())
                    .matches(until -> until.compareTo(changed) >= 0 || until.equals(LogSequenceNumber.INVALID));
            assertThat(confirmed(database)).isLessThanOrEqualTo(gap.range().afterLsn());
        }
    }

    /** An event in the same transaction as the change, where there is a table to insert it into. */
    private static String missed(String change) {
        return change.startsWith("DROP TABLE")
                ? ""
                : "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)"
                        + " VALUES (gen_random_uuid(), 'Order', 'a', 't', '1', now())";
    }

    /** Events go on, and are acknowledged as they come. */
    private static GapException gapOf(Database database, Host host) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        try {
            while (System.nanoTime() < deadline) {
                database.execute("INSERT INTO old (id, aggregatetype, aggregateid, type, occurred_at)"
                        + " VALUES (gen_random_uuid(), 'Order', 'a', 't', now())");
                host.engine().poll(Duration.ofMillis(20)).forEach(Delivery::ack);
            }
        } catch (GapException gap) {
            return gap;
        }
        throw new AssertionError("no gap was found");
    }

    @Test
    void a_change_that_waits_for_a_synchronous_standby_is_not_vouched_past() throws Exception {
        try (PostgresServer server =
                PostgresServer.start(Map.of("synchronous_standby_names", "nobody", "synchronous_commit", "local"))) {
            Database database = Database.createOn(server).execute(OutboxTable.ddl());
            try (Host host = Host.start(database.config().build());
                    Connection ddl = database.connect();
                    Statement statement = ddl.createStatement()) {
                LogSequenceNumber before = currentLsn(database);
                int pid = backend(statement);
                Thread waiting = new Thread(() -> {
                    try {
                        statement.execute("SET synchronous_commit = 'on'");
                        statement.execute("ALTER PUBLICATION outbox DROP TABLE outbox");
                    } catch (SQLException e) {
                        throw new IllegalStateException(e);
                    }
                });
                waiting.start();
                await().until(() -> database.query("SELECT wait_event FROM pg_stat_activity WHERE pid = " + pid)
                        .equals("SyncRep"));
                database.insert("a", 1, 1);
                LogSequenceNumber missed = currentLsn(database);

                await().during(Duration.ofSeconds(2))
                        .until(() -> host.engine().poll(Duration.ofMillis(50)).isEmpty()
                                && host.engine().checkpoint().confirmableLsn().compareTo(missed) < 0);

                database.execute("SELECT pg_cancel_backend(" + pid + ")");
                waiting.join();
                GapException gap = gapOf(database.execute("CREATE TABLE old (LIKE outbox INCLUDING DEFAULTS)"), host);
                assertThat(gap.range().afterLsn()).isLessThan(missed).isGreaterThanOrEqualTo(before);
            }
        }
    }

    /** The server ends other connections first, the watch's among them, and then waits for the stream. */
    @Test
    void a_server_that_stops_is_not_kept_waiting_for_what_nobody_can_vouch_for_any_more() {
        try (PostgresServer server = PostgresServer.start()) {
            Database database = Database.createOn(server).execute(OutboxTable.ddl());
            try (Host host = Host.start(database.config().build())) {
                for (int n = 1; n <= 20; n++) {
                    database.insert("a", n, 1);
                }
                List<Delivery> deliveries = host.take(20);

                CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> server.stop("fast"));
                // Acknowledged any sooner, they may still be vouched for, and then the stream ends by itself.
                await().until(server::letsNobodyIn);
                deliveries.forEach(Delivery::ack);

                assertThatThrownBy(() -> host.engine().poll(LIMIT))
                        .isInstanceOfSatisfying(
                                RelayException.class,
                                ended -> assertThat(ended.retriable()).isTrue())
                        .hasMessageContaining("is stopping");
                assertThat(stopped).succeedsWithin(LIMIT);
            }
            server.restart();
        }
    }

    private static int backend(Statement statement) throws SQLException {
        try (var result = statement.executeQuery("SELECT pg_backend_pid()")) {
            result.next();
            return result.getInt(1);
        }
    }

    @Test
    void checkpoints_hold_only_what_is_vouched_for() throws Exception {
        Database database = Database.create().execute(OutboxTable.ddl());
        try (Host host = Host.start(database.config().build());
                Connection locker = database.connect();
                Statement statement = locker.createStatement()) {
            locker.setAutoCommit(false);
            statement.execute("DROP PUBLICATION outbox");
            database.insert("a", 1, 1);
            Delivery delivery = host.take(1).get(0);
            delivery.ack();

            assertThat(host.engine().settle(Duration.ofSeconds(1))).isEmpty();
            assertThat(host.engine().checkpoint().confirmableLsn())
                    .isLessThan(delivery.position().commitLsn());
            assertThat(confirmed(database)).isLessThan(delivery.position().commitLsn());

            locker.rollback();
            assertThat(settled(host).confirmableLsn())
                    .isGreaterThan(delivery.position().commitLsn());
        }
    }

    @Test
    void a_lost_query_connection_delays_confirmation_and_ends_nothing() {
        Database database = Database.create().execute(OutboxTable.ddl());
        try (Host host = Host.start(database.config().build())) {
            for (int n = 1; n <= 3; n++) {
                database.insert("a", n, 1);
                host.take(1).forEach(Delivery::ack);
                settled(host);
                assertThat(database.query(QUERIES)).isEqualTo("1");
                database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE " + OWN_QUERIES);
            }
        }
    }

    @Test
    void an_idle_stream_is_not_looked_at() {
        Database database = Database.create().execute(OutboxTable.ddl());
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            host.take(1).forEach(Delivery::ack);
            settled(host);

            await().atMost(LIMIT).until(() -> {
                String last = database.query(LOOKS);
                await().pollDelay(Duration.ofMillis(2500)).until(() -> true);
                return database.query(LOOKS).equals(last);
            });
        }
    }

    @Test
    void an_event_that_comes_to_an_idle_stream_is_vouched_for_at_once() {
        Database database = Database.create().execute(OutboxTable.ddl());
        try (Host host = Host.start(database.config().build())) {
            String last = database.query(LOOKS);
            // Right behind a look at the slot the watch would rest for five seconds.
            await().atMost(LIMIT).until(() -> !database.query(LOOKS).equals(last));
            database.insert("a", 1, 1);
            Delivery delivery = host.take(1).get(0);
            delivery.ack();

            await().atMost(Duration.ofSeconds(3))
                    .until(() -> host.engine().checkpoint().position().equals(delivery.position()));
        }
    }

    private static final String OWN_QUERIES =
            "application_name LIKE 'outbox-relay%' AND backend_type = 'client backend'"
                    + " AND datname = current_database()";

    private static final String LOOKS = "SELECT max(query_start) FROM pg_stat_activity WHERE " + OWN_QUERIES;

    private static final String QUERIES = "SELECT count(*) FROM pg_stat_activity WHERE " + OWN_QUERIES;

    private static Checkpoint settled(Host host) {
        return host.engine().settle(LIMIT).orElseThrow();
    }

    private static LogSequenceNumber currentLsn(Database database) {
        return LogSequenceNumber.parse(database.query("SELECT pg_current_wal_insert_lsn()"));
    }

    private static LogSequenceNumber confirmed(Database database) {
        return LogSequenceNumber.parse(database.query(
                "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'"));
    }
}
