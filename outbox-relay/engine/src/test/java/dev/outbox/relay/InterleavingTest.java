package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.samples.servers.PostgresServer;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/**
 * What PostgreSQL does between two events, each as a promise. Others are kept elsewhere: an acknowledgement of an old
 * generation, an idle slot, and back-pressure in RelayEngineTest, a keepalive in mid-transaction in AutomaticFlushTest.
 */
class InterleavingTest {

    private static final String INSERT =
            "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)"
                    + " VALUES (gen_random_uuid(), 'Order', 'a', 't', '{\"n\":%d}', now())";

    private final Database database = Database.create().execute(OutboxTable.ddl());

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void a_half_read_transaction_comes_again_whole() {
        RelayConfig config = database.config().maxBytesInFlight(1024 * 1024).build();
        int events = 10_000;
        try (Host host = Host.start(config)) {
            database.insert("a", 0, events);
            List<Delivery> half = host.takeUntilFull(config);
            assertThat(half).hasSizeLessThan(events / 2);
            half.forEach(Delivery::ack);
        }

        try (Host host = Host.start(config)) {
            int next = 0;
            while (next < events) {
                for (Delivery delivery : host.engine().poll(Duration.ofSeconds(10))) {
                    assertThat(delivery.record().value()).asString().isEqualTo("{\"n\":" + next + "}");
                    assertThat(delivery.position().index()).isEqualTo(next);
                    next++;
                    delivery.ack();
                }
            }
        }
    }

    @Test
    void rows_of_one_copy_share_an_lsn_and_are_told_apart_by_their_index() throws Exception {
        RelayEngine engine = new RelayEngine(database.config().build());
        MemoryStore store = new MemoryStore();
        try (Host host = Host.start(engine, store);
                Connection connection = database.connect()) {
            StringBuilder rows = new StringBuilder();
            for (int n = 0; n < 5; n++) {
                rows.append("00000000-0000-0000-0000-00000000000")
                        .append(n)
                        .append("\tOrder\ta\tt\t")
                        .append(n)
                        .append("\t2026-01-01\n");
            }
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(
                            "COPY outbox (id, aggregatetype, aggregateid, type, payload, occurred_at) FROM STDIN",
                            new StringReader(rows.toString()));
            List<Delivery> deliveries = host.take(5);
            assertThat(deliveries.stream().map(Delivery::position)).doesNotHaveDuplicates();
            store.store(engine, deliveries.get(2).checkpoint());

            engine.start(store);

            assertThat(Host.values(host.takeOnly(2))).containsExactly("3", "4");
        }
    }

    @Test
    void a_transaction_that_began_earlier_and_committed_later_is_not_taken_for_delivered() throws Exception {
        RelayEngine engine = new RelayEngine(database.config().build());
        MemoryStore store = new MemoryStore();
        try (Host host = Host.start(engine, store);
                Connection connection = database.connect();
                Statement earlier = connection.createStatement()) {
            connection.setAutoCommit(false);
            earlier.execute(INSERT.formatted(1));
            database.execute(INSERT.formatted(2));
            Delivery second = host.take(1).get(0);
            second.ack();
            store.store(engine, engine.settle(Duration.ofSeconds(5)).orElseThrow());
            connection.commit();
            assertThat(Host.values(host.take(1))).containsExactly("{\"n\":1}");

            engine.start(store);

            List<Delivery> again = host.takeOnly(1);
            assertThat(Host.values(again)).containsExactly("{\"n\":1}");
            assertThat(second.position().isAtOrBefore(again.get(0).position())).isTrue();
        }
    }

    @Test
    void a_crash_of_the_server_undoes_a_confirmation_and_the_position_skips_what_is_sent_again() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            Database crashing = Database.createOn(server).execute(OutboxTable.ddl());
            RelayEngine engine = new RelayEngine(crashing.config().build());
            MemoryStore store = new MemoryStore();
            try (Host host = Host.start(engine, store)) {
                signal("-STOP", crashing, "background writer");
                deliver(host, store, crashing, 0);
                Delivery delivery = deliver(host, store, crashing, 1);

                crash(crashing);
                assertThatThrownBy(() -> host.take(1)).isInstanceOf(RelayException.class);
                await().ignoreExceptions().until(() -> {
                    crashing.execute(INSERT.formatted(2));
                    return true;
                });

                assertThat(confirmed(crashing)).isLessThan(delivery.position().commitLsn());
                startWhenUp(engine, store);
                assertThat(Host.values(host.takeOnly(1))).containsExactly("{\"n\":2}");
            }
        }
    }

    private static Delivery deliver(Host host, MemoryStore store, Database database, int n) {
        database.execute(INSERT.formatted(n));
        Delivery delivery = host.take(1).get(0);
        delivery.ack();
        store.store(host.engine(), host.engine().settle(Duration.ofSeconds(5)).orElseThrow());
        await().until(() -> confirmed(database).compareTo(delivery.position().commitLsn()) > 0);
        return delivery;
    }

    private static LogSequenceNumber confirmed(Database database) {
        return LogSequenceNumber.parse(database.query("SELECT confirmed_flush_lsn FROM pg_replication_slots"));
    }

    /** The server ends all its processes, and recovers, when one of them is killed. */
    private static void crash(Database database) throws Exception {
        signal("-KILL", database, "checkpointer");
    }

    /** The background writer logs which transactions run, now and then, and the slot is written to disk soon after. */
    private static void signal(String signal, Database database, String process) throws Exception {
        String pid = database.query("SELECT pid FROM pg_stat_activity WHERE backend_type = '" + process + "'");
        assertThat(new ProcessBuilder("kill", signal, pid).start().waitFor()).isZero();
    }

    private static void startWhenUp(RelayEngine engine, PositionStore store) {
        await().ignoreExceptions().until(() -> {
            engine.start(store);
            return true;
        });
    }

    @Test
    void foreign_transactions_and_other_changes_of_the_table_are_passed_over_and_hold_nothing_back() {
        database.execute("CREATE TABLE foreign_table (n int)");
        try (Host host = Host.start(database.config().build())) {
            database.execute(INSERT.formatted(1));
            database.execute("INSERT INTO foreign_table VALUES (1)");
            database.execute("UPDATE outbox SET type = 'changed'");
            database.execute(INSERT.formatted(2));
            database.execute("INSERT INTO foreign_table VALUES (2)");

            List<Delivery> deliveries = host.take(2);
            assertThat(Host.values(deliveries)).containsExactly("{\"n\":1}", "{\"n\":2}");
            deliveries.forEach(Delivery::ack);

            String written = database.query("SELECT pg_current_wal_lsn()");
            await().until(() -> database.query("SELECT confirmed_flush_lsn >= '" + written
                            + "'::pg_lsn FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'")
                    .equals("t"));
        }
    }

    @Test
    void an_altered_table_goes_on_in_mid_stream_and_even_in_mid_transaction() throws Exception {
        try (Host host = Host.start(database.config().build());
                Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            database.execute(INSERT.formatted(1));
            connection.setAutoCommit(false);
            statement.execute(INSERT.formatted(2));
            statement.execute("ALTER TABLE outbox ADD COLUMN tenant text DEFAULT 'x'");
            statement.execute(INSERT.formatted(3));
            connection.commit();
            database.execute("ALTER TABLE outbox DROP COLUMN tenant");
            database.execute(INSERT.formatted(4));

            assertThat(Host.values(host.take(4))).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}");
        }
    }

    @Test
    void a_required_column_that_is_dropped_in_mid_stream_stops_it_with_a_sentence() {
        try (Host host = Host.start(database.config().build())) {
            database.execute(INSERT.formatted(1));
            host.take(1).forEach(Delivery::ack);
            database.execute("ALTER TABLE outbox DROP COLUMN payload");
            database.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, type, occurred_at)"
                    + " VALUES (gen_random_uuid(), 'Order', 'a', 't', now())");

            assertThatThrownBy(() -> host.take(1))
                    .isInstanceOfSatisfying(
                            RelayException.class, e -> assertThat(e.retriable()).isFalse())
                    .hasMessageContaining("'payload'");
            assertThatThrownBy(() -> host.engine().start(PositionStore.NONE)).hasMessageContaining("'payload'");
        }
    }
}
