package dev.outbox.relay.replication;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * The server's process behind a connection. PIDs come again, on another server above all; with its start it is one of a
 * kind.
 *
 * @param pid as the server tells it
 * @param startedAt seconds since 1970, as the server writes them
 */
public record Backend(int pid, String startedAt) {

    private static final String COLUMNS = "SELECT a.pid, extract(epoch FROM a.backend_start)::text AS started_at";

    static Backend of(Connection connection) throws SQLException {
        return first(connection, COLUMNS + " FROM pg_stat_activity a WHERE a.pid = pg_backend_pid()")
                .orElseThrow();
    }

    /** The one that holds the slot; empty if none does, or its start is not for this role to see. */
    static Optional<Backend> holding(Connection connection, String slot) throws SQLException {
        return first(
                connection,
                COLUMNS + " FROM pg_stat_activity a JOIN pg_replication_slots s ON s.active_pid = a.pid"
                        + " WHERE a.backend_start IS NOT NULL AND s.slot_name = " + Sql.literal(slot));
    }

    private static Optional<Backend> first(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery(sql)) {
            return found.next()
                    ? Optional.of(new Backend(found.getInt("pid"), found.getString("started_at")))
                    : Optional.empty();
        }
    }
}
