package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
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
                "SELECT *, current_database() AS here, pg_is_in_recovery() AS standby FROM pg_replication_slots WHERE slot_name = ?")) {
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
                    } else {
                        requireUsable(slot, what);
                    }
                }
            }
        }
        return mistakes;
    }

    private static void requireUsable(ResultSet slot, String what) throws SQLException {
        if ("t".equals(column(slot, "synced")) && slot.getBoolean("standby")) {
            throw new ReplicationException(
                    what
                            + "the primary's, found the copy on a standby, which streams only after a promotion. Connect to"
                            + " the primary: name it in the URL, or all hosts with targetServerType=primary.",
                    true,
                    null);
        }
        if (isInvalidated(slot)) {
            String reason = column(slot, "invalidation_reason");
            throw ReplicationException.gap(
                    what + "able to stream, found that the server has invalidated it"
                            + (reason == null ? "" : " (" + reason + ")") + ": it has dropped WAL that the slot needs.",
                    LogSequenceNumber.parse(slot.getString("confirmed_flush_lsn")),
                    null);
        }
    }

    private static boolean isInvalidated(ResultSet slot) throws SQLException {
        return "lost".equals(slot.getString("wal_status"))
                || "t".equals(column(slot, "conflicting"))
                || column(slot, "invalidation_reason") != null;
    }

    /** Drops a slot that can't stream any more, as somebody has agreed to: it keeps nothing. */
    static void dropIfInvalidated(Connection connection, Source source) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT * FROM pg_replication_slots WHERE slot_name = ?")) {
            statement.setString(1, source.slot());
            try (ResultSet slot = statement.executeQuery()) {
                if (!slot.next() || !isInvalidated(slot)) {
                    return;
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT pg_drop_replication_slot(?)")) {
            statement.setString(1, source.slot());
            statement.execute();
            LOG.info("Dropped the slot '{}', which the server had invalidated.", source.slot());
        }
    }

    /** Takes the slot past all that is written; what it has not confirmed is not sent. */
    static void advance(Connection connection, Source source) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT end_lsn FROM pg_replication_slot_advance(?, pg_current_wal_flush_lsn())")) {
            statement.setString(1, source.slot());
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                LOG.info("Took the slot '{}' on to {}.", source.slot(), result.getString(1));
            }
        }
    }

    /** Makes the slot; it streams what commits from now on. */
    static void createIfMissing(Connection connection, Source source) throws SQLException {
        if (exists(connection, source)) {
            return;
        }
        if (!source.createMissing()) {
            throw ReplicationException.gap(
                    "Expected the slot '" + source.slot() + "' on " + source.address() + " that this stream was read"
                            + " from, found that it is gone: a new one would skip what committed since.",
                    LogSequenceNumber.INVALID,
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
                    throw ReplicationException.gap(
                            "The slot '" + source.slot() + "' on " + source.address() + " is gone.",
                            LogSequenceNumber.INVALID,
                            null);
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

    /** A column's value, null where this version of the server has no such column. */
    private static @Nullable String column(ResultSet slot, String name) throws SQLException {
        for (int i = 1; i <= slot.getMetaData().getColumnCount(); i++) {
            if (slot.getMetaData().getColumnName(i).equals(name)) {
                return slot.getString(i);
            }
        }
        return null;
    }
}
