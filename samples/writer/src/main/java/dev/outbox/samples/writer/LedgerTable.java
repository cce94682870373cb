package dev.outbox.samples.writer;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

final class LedgerTable implements Ledger {

    /** The second constraint is checked by COMMIT: whoever violates it is rolled back when all rows are written. */
    static final String DDL = """
            CREATE TABLE ledger (
                event_id     uuid   PRIMARY KEY,
                aggregate_id uuid   NOT NULL,
                sequence     bigint NOT NULL,
                UNIQUE (aggregate_id, sequence) DEFERRABLE INITIALLY DEFERRED
            )""";

    private static final int FETCH_SIZE = 10_000;

    @Override
    public void write(Connection connection, List<LedgerEntry> entries) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO ledger (event_id, aggregate_id, sequence) VALUES (?, ?, ?)")) {
            for (LedgerEntry entry : entries) {
                insert.setObject(1, entry.eventId());
                insert.setObject(2, entry.aggregateId());
                insert.setLong(3, entry.sequence());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** SHARE conflicts with the lock of every writer: whoever gets it has waited for all commits under way. */
    @Override
    public Set<UUID> committedAmong(Connection connection, Collection<UUID> eventIds) throws SQLException {
        try (Statement lock = connection.createStatement();
                PreparedStatement select =
                        connection.prepareStatement("SELECT event_id FROM ledger WHERE event_id = ANY (?)")) {
            lock.execute("LOCK TABLE ledger IN SHARE MODE");
            select.setArray(1, connection.createArrayOf("uuid", eventIds.toArray()));
            Set<UUID> committed = new HashSet<>();
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    committed.add(rows.getObject(1, UUID.class));
                }
            }
            return committed;
        }
    }

    @Override
    public void forEach(Connection connection, Consumer<LedgerEntry> consumer) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(FETCH_SIZE);
            try (ResultSet rows = statement.executeQuery(
                    "SELECT event_id, aggregate_id, sequence FROM ledger ORDER BY aggregate_id, sequence")) {
                while (rows.next()) {
                    consumer.accept(new LedgerEntry(
                            rows.getObject(1, UUID.class), rows.getObject(2, UUID.class), rows.getLong(3)));
                }
            }
        }
    }
}
