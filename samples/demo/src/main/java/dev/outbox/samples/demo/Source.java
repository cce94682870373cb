package dev.outbox.samples.demo;

import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Questions to the source database about the relay's slot. */
final class Source {

    static final String DATABASE = "source";
    static final String SLOT = "outbox";

    private final PostgresServer postgres;

    Source(PostgresServer postgres) {
        this.postgres = postgres;
    }

    /** Whether a relay streams from the slot. */
    boolean isStreaming() {
        return "t".equals(ask("SELECT active FROM pg_replication_slots WHERE slot_name = ?", SLOT));
    }

    /** How far the log is. */
    String currentLsn() {
        return ask("SELECT pg_current_wal_lsn()");
    }

    /** Whether the relay has confirmed everything up to the LSN, so that no event below it is still to come. */
    boolean isConfirmed(String lsn) {
        return "t"
                .equals(ask(
                        "SELECT confirmed_flush_lsn >= ?::pg_lsn FROM pg_replication_slots WHERE slot_name = ?",
                        lsn,
                        SLOT));
    }

    private String ask(String sql, String... parameters) {
        try (Connection connection = postgres.connect(DATABASE);
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setString(i + 1, parameters[i]);
            }
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? String.valueOf(row.getString(1)) : "";
            }
        } catch (SQLException e) {
            throw new IllegalStateException("The source database did not answer: " + e.getMessage(), e);
        }
    }
}
