package dev.outbox.jpa.benchmarks;

import dev.outbox.EventIds;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;

/**
 * The limit: the events as one JDBC batch on the session's connection, written by hand for this one event. The same ids,
 * serializer, statement and table as Outbox.
 */
record RawJdbc(Application application, String table, Rows rows) implements Side {

    static Side open(String url, String table, Rows rows) {
        return new RawJdbc(Application.without(url, Order.class), table, rows);
    }

    @Override
    public String name() {
        return rows == Rows.KEPT ? "raw JDBC batch" : "raw JDBC batch and delete";
    }

    @Override
    public void transaction(long order, int events) {
        application.change(Order.class, order, loaded -> {
            loaded.ship();
            if (events > 0) {
                application
                        .entityManager()
                        .unwrap(Session.class)
                        .doWork(connection -> insert(connection, order, events));
            }
        });
    }

    private void insert(Connection connection, long order, int events) throws SQLException {
        UUID[] ids = new UUID[events];
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO \"public\".\"" + table
                + "\" (\"id\", \"aggregatetype\", \"aggregateid\", \"type\", \"payload\", \"headers\", \"occurred_at\")"
                + " VALUES (?, ?, ?, ?, ?::json, ?::json, ?)")) {
            for (int i = 0; i < events; i++) {
                ids[i] = EventIds.next();
                insert.setObject(1, ids[i]);
                insert.setString(2, OrderShipped.AGGREGATE_TYPE);
                insert.setString(3, Long.toString(order));
                insert.setString(4, OrderShipped.TYPE);
                insert.setString(5, OrderShipped.number(i, order).asJson());
                insert.setString(6, null);
                insert.setObject(7, Instant.now().truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC));
                insert.addBatch();
            }
            insert.executeBatch();
        }
        if (rows == Rows.DELETED) {
            try (PreparedStatement delete =
                    connection.prepareStatement("DELETE FROM \"public\".\"" + table + "\" WHERE \"id\" = ?")) {
                for (UUID id : ids) {
                    delete.setObject(1, id);
                    delete.addBatch();
                }
                delete.executeBatch();
            }
        }
    }

    @Override
    public List<String> tables() {
        return List.of(table);
    }

    @Override
    public void close() {
        application.close();
    }
}
