package dev.outbox.relay.replication;

import dev.outbox.relay.check.Finding;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slot: what the server keeps for the relay, and the lock between relays. */
final class ReplicationSlot {

    private static final int CREATE_LIMIT_SECONDS = 60;
    private static final Logger LOG = LoggerFactory.getLogger(ReplicationSlot.class);

    private ReplicationSlot() {}

    /** What is wrong with the slot that is there; nothing where there is none. */
    static List<Finding> errors(Connection connection, Source source) throws SQLException {
        SlotChecks checks = SlotChecks.of(connection, source);
        checks.unusable().ifPresent(unusable -> {
            throw unusable;
        });
        return checks.errors();
    }

    /** Drops a slot that can't stream any more, as somebody has agreed to: it keeps nothing. */
    static void dropIfInvalidated(Connection connection, Source source) throws SQLException {
        if (!SlotChecks.of(connection, source).isInvalidated()) {
            return;
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
        createIfMissing(connection, source, new SetupSql(source, false, false).slotCall());
    }

    /** @param call the function call that makes it */
    static void createIfMissing(Connection connection, Source source, String call) throws SQLException {
        if (SlotChecks.of(connection, source).exists()) {
            return;
        }
        if (!source.createMissing()) {
            throw SlotChecks.gone(source);
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT lsn FROM " + call)) {
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
                                + " (max_replication_slots). By hand: SELECT " + call + ";",
                        SqlErrors.isLoss(e),
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
}
