package dev.outbox.samples.reader;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Remembers which events a consumer has handled, in the transaction that handles them. */
final class Inbox {

    static final String DDL = """
            CREATE TABLE IF NOT EXISTS inbox (
                consumer varchar(255) NOT NULL,
                event_id uuid         NOT NULL,
                PRIMARY KEY (consumer, event_id)
            )""";

    private final Connection connection;
    private final String consumer;

    Inbox(Connection connection, String consumer) {
        this.connection = connection;
        this.consumer = consumer;
    }

    /** Remembers the events and returns those that were not remembered before; the caller may change the set. */
    Set<UUID> add(List<UUID> eventIds) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO inbox (consumer, event_id) SELECT ?, unnest(?::uuid[])"
                        + " ON CONFLICT DO NOTHING RETURNING event_id")) {
            insert.setString(1, consumer);
            insert.setArray(2, connection.createArrayOf("uuid", eventIds.toArray()));
            Set<UUID> added = new HashSet<>();
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    added.add(rows.getObject(1, UUID.class));
                }
            }
            return added;
        }
    }
}
