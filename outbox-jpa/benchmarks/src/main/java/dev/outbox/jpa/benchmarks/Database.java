package dev.outbox.jpa.benchmarks;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The one PostgreSQL that all sides write to. */
record Database(PostgresServer server) implements AutoCloseable {

    static final String NAME = "benchmarks";

    static final String OUTBOX_RAW = "outbox_raw";
    static final String OUTBOX_RAW_DELETED = "outbox_raw_deleted";
    static final String OUTBOX_PUBLISH = "outbox_publish";
    static final String OUTBOX_PUBLISH_DELETED = "outbox_publish_deleted";
    static final String OUTBOX_HARVEST = "outbox_harvest";
    static final String OUTBOX_HARVEST_DELETED = "outbox_harvest_deleted";

    static final String OUTBOX_DEBEZIUM = "outbox_debezium";

    private static final int ORDERS = 100;

    /** Checkpoints come between the rounds, so that none of them falls on one side more than on another. */
    static final Map<String, String> SETTINGS = Map.of("checkpoint_timeout", "1h", "max_wal_size", "8GB");

    static Database start() {
        PostgresServer server = PostgresServer.start(SETTINGS);
        server.createDatabase(NAME);
        Database database = new Database(server);
        database.execute(OutboxTable.ddl());
        for (String table : List.of(
                OUTBOX_RAW,
                OUTBOX_RAW_DELETED,
                OUTBOX_PUBLISH,
                OUTBOX_PUBLISH_DELETED,
                OUTBOX_HARVEST,
                OUTBOX_HARVEST_DELETED,
                OUTBOX_DEBEZIUM)) {
            // A table for each, so that nobody's dead rows are in another's way.
            database.execute("CREATE TABLE " + table + " (LIKE outbox INCLUDING ALL)");
        }
        database.execute("""
                CREATE TABLE orders (
                    id bigint PRIMARY KEY, customer varchar(255) NOT NULL, parcels bigint NOT NULL, version bigint);
                INSERT INTO orders SELECT n, 'Ada Lovelace', 0, 0 FROM generate_series(1, %d) AS n;
                """.formatted(ORDERS));
        return database;
    }

    String url() {
        return server.url(NAME);
    }

    void execute(String sql) {
        server.execute(NAME, sql);
    }

    /** Empties the events' tables, and leaves nothing of it for a later checkpoint to write. */
    void startRound(List<String> tables) {
        execute("TRUNCATE " + String.join(", ", tables));
        execute("VACUUM orders");
        execute("CHECKPOINT");
    }

    /** The first column of every row, as text. */
    List<String> query(String sql) {
        try (Connection connection = server.connect(NAME);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1));
            }
            return found;
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
