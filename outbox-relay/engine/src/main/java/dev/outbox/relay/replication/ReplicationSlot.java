package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slot: what the server keeps for the relay, and the lock between relays. */
final class ReplicationSlot {

    private static final int CREATE_LIMIT_SECONDS = 60;
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationSlot.class);

    private ReplicationSlot() {}

    /** What is wrong with the slot that is there; nothing where there is none. */
    static List<String> mistakes(Connection connection, Source source) throws SQLException {
        List<String> mistakes = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT *, current_database() AS here FROM pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, source.slot());
            try (ResultSet slot = statement.executeQuery()) {
                if (slot.next()) {
                    String what = "Expected the slot '" + source.slot() + "' on " + source.address() + " to be ";
                    String type = slot.getString("slot_type");
                    String database = slot.getString("database");
                    if (!type.equals("logical")) {
                        mistakes.add(what + "logical, found a " + type + " one. Name another slot.");
                    } else if (!"pgoutput".equals(slot.getString("plugin"))) {
                        mistakes.add(what + "of the plugin pgoutput, found " + slot.getString("plugin")
                                + ". Name another slot.");
                    } else if (!Objects.equals(database, slot.getString("here"))) {
                        mistakes.add(what + "of the database " + slot.getString("here") + ", found " + database
                                + ". Slot names are shared by all databases of a server: name another.");
                    } else if ("lost".equals(slot.getString("wal_status"))) {
                        mistakes.add(what + "able to stream, found that the server has dropped WAL that it needs"
                                + reason(slot) + ". Events after " + slot.getString("confirmed_flush_lsn")
                                + " may not have been relayed: find them in the outbox table before you drop the"
                                + " slot.");
                    }
                }
            }
        }
        return mistakes;
    }

    /** Makes the slot; it streams what commits from now on. */
    static void createIfMissing(Connection connection, Source source) throws SQLException {
        if (exists(connection, source)) {
            return;
        }
        if (!source.createMissing()) {
            throw new ReplicationException(
                    "Expected the slot '" + source.slot() + "' on " + source.address() + " that this relay has streamed"
                            + " from, found that it is gone. What committed since may not have been relayed, and a new"
                            + " slot would skip it: find it in the table " + source.table()
                            + ", then start the relay again, which makes the slot.",
                    false,
                    null);
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT lsn FROM pg_create_logical_replication_slot(?, 'pgoutput')")) {
            statement.setString(1, source.slot());
            LOG.info("Making slot '{}'; this waits for the transactions that are running now.", source.slot());
            connection.setNetworkTimeout(Runnable::run, 0);
            connection.createStatement().execute("SET statement_timeout = '" + CREATE_LIMIT_SECONDS + "s'");
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                LOG.info(
                        "Made slot '{}': it streams what commits after {}. Rows inserted before are not relayed.",
                        source.slot(),
                        result.getString(1));
            }
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.QUERY_CANCELED)) {
                throw new ReplicationException(
                        "The slot '" + source.slot() + "' could not be made within " + CREATE_LIMIT_SECONDS
                                + " s on " + source.address()
                                + ": that waits for all transactions that are running, and"
                                + " one is still. Find it: SELECT pid, xact_start FROM pg_stat_activity ORDER BY"
                                + " xact_start.",
                        true,
                        e);
            }
            if (!SqlErrors.state(e).equals(SqlErrors.DUPLICATE_OBJECT)) {
                throw new ReplicationException(
                        "The slot '" + source.slot() + "' is missing on " + source.address() + " and can't be made ("
                                + SqlErrors.message(e) + "). The role needs REPLICATION, and the server a free slot"
                                + " (max_replication_slots). By hand: SELECT pg_create_logical_replication_slot('"
                                + source.slot() + "', 'pgoutput');",
                        false,
                        e);
            }
        }
    }

    static LogSequenceNumber confirmedLsn(Connection connection, Source source) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, source.slot());
            try (ResultSet result = statement.executeQuery()) {
                if (!result.next()) {
                    throw new ReplicationException(
                            "The slot '" + source.slot() + "' on " + source.address() + " is gone.", false, null);
                }
                return LogSequenceNumber.parse(result.getString(1));
            }
        }
    }

    private static boolean exists(Connection connection, Source source) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, source.slot());
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    /** Why the slot was invalidated; the column is there from PostgreSQL 17 on. */
    private static String reason(ResultSet slot) throws SQLException {
        for (int i = 1; i <= slot.getMetaData().getColumnCount(); i++) {
            if (slot.getMetaData().getColumnName(i).equals("invalidation_reason") && slot.getString(i) != null) {
                return " (" + slot.getString(i) + ")";
            }
        }
        return "";
    }
}
