package dev.outbox.relay.benchmarks;

import dev.outbox.samples.servers.PostgresServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;

/** A replication slot for one run, and a connection to look at it with. Not thread safe. */
final class Slot implements AutoCloseable {

    private static final Duration LEAVE_LIMIT = Duration.ofSeconds(30);

    private final String database;
    private final String name;
    private final Connection connection;

    private Slot(String database, String name, Connection connection) {
        this.database = database;
        this.name = name;
        this.connection = connection;
    }

    /** With the same place as another one. */
    static Slot copy(PostgresServer postgres, String database, String original, String name) {
        return make(postgres, database, name, "SELECT pg_copy_logical_replication_slot('" + original + "', ?)");
    }

    /** For what is committed from now on. */
    static Slot create(PostgresServer postgres, String database, String name) {
        return make(postgres, database, name, "SELECT pg_create_logical_replication_slot(?, 'pgoutput')");
    }

    private static Slot make(PostgresServer postgres, String database, String name, String sql) {
        try {
            Slot slot = new Slot(database, name, postgres.connect(database));
            slot.ask(sql);
            return slot;
        } catch (SQLException e) {
            throw new IllegalStateException("The slot " + name + " can't be made: " + e.getMessage(), e);
        }
    }

    String database() {
        return database;
    }

    String name() {
        return name;
    }

    /** Whether somebody streams from it. */
    boolean isActive() {
        return ask("SELECT active FROM pg_replication_slots WHERE slot_name = ?")
                .equals("t");
    }

    /** Where the server's log ends. */
    String logEnd() {
        return ask("SELECT pg_current_wal_lsn() FROM pg_replication_slots WHERE slot_name = ?");
    }

    private String ask(String sql) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, name);
            try (ResultSet result = statement.executeQuery()) {
                return result.next() ? String.valueOf(result.getString(1)) : "";
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql + " failed for the slot " + name + ": " + e.getMessage(), e);
        }
    }

    /** Drops it, once its last reader has been noticed to be gone. */
    @Override
    public void close() {
        Await.until("the slot " + name + " to be left", LEAVE_LIMIT, () -> !isActive());
        ask("SELECT pg_drop_replication_slot(?)");
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
