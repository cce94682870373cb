package dev.outbox.relay;

import static org.awaitility.Awaitility.await;

import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;

/** A database of its own for one test, on the one server that all tests of this JVM share. */
final class Database {

    private static final List<Database> OPEN = new ArrayList<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final PostgresServer server;
    private final String name;

    private Database(PostgresServer server, String name) {
        this.server = server;
        this.name = name;
    }

    static Database create() {
        Database database = createOn(Shared.SERVER);
        OPEN.add(database);
        return database;
    }

    /** On a server of the test's own, which takes the slots with it when it is closed. */
    static Database createOn(PostgresServer server) {
        String name = "test_" + COUNT.incrementAndGet();
        server.createDatabase(name);
        return new Database(server, name);
    }

    /** Drops the slots of all databases of the test that ends, once nobody streams from them any more. */
    static void releaseAll() {
        for (Database database : OPEN) {
            await().until(() -> database.query(
                            "SELECT 1 FROM pg_replication_slots WHERE database =" + " current_database() AND active")
                    .equals("none"));
            database.execute("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database ="
                    + " current_database()");
        }
        OPEN.clear();
    }

    /** Slots belong to the server, so each database has one of its own name. */
    RelayConfig.Builder config() {
        return RelayConfig.builder(server.url(name))
                .username(server.user())
                .password("postgres")
                .slot(name);
    }

    PostgresServer server() {
        return server;
    }

    String slot() {
        return name;
    }

    String url() {
        return server.url(name);
    }

    Connection connect() throws SQLException {
        return server.connect(name);
    }

    Database execute(String sql) {
        server.execute(name, sql);
        return this;
    }

    String query(String sql) {
        try (Connection connection = connect();
                ResultSet result = connection.createStatement().executeQuery(sql)) {
            return result.next() ? Objects.requireNonNullElse(result.getString(1), "null") : "none";
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** One transaction with so many events of one aggregate, whose payloads are {@code {"n":first}} and on. */
    void insert(String aggregateId, int first, int count) {
        execute("""
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                SELECT gen_random_uuid(), 'Order', '%s', 'order.placed.v1', format('{"n":%%s}', n)::json, now()
                FROM generate_series(%d, %d) n ORDER BY n
                """.formatted(aggregateId, first, first + count - 1));
    }

    private static final class Shared {
        static final PostgresServer SERVER = PostgresServer.start();
    }
}
