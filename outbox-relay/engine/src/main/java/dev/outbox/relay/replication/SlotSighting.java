package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One look at the slot, for those who watch over it.
 *
 * @param exists whether there is one
 * @param serverLsn up to where the server has flushed its log, or on a standby replayed
 * @param confirmedLsn up to where it may forget
 * @param restartLsn from where on it keeps its log
 * @param walStatus as the server says it; null where it keeps none
 * @param safeWalBytes what may still be written before the slot is in danger; empty where nothing limits it
 * @param active whether somebody streams from it
 */
public record SlotSighting(
        boolean exists,
        LogSequenceNumber serverLsn,
        LogSequenceNumber confirmedLsn,
        LogSequenceNumber restartLsn,
        @Nullable String walStatus,
        OptionalLong safeWalBytes,
        boolean active) {

    private static final String SQL = """
            SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_flush_lsn() END,
                slot_name, confirmed_flush_lsn, restart_lsn, wal_status, safe_wal_size, coalesce(active, false)
            FROM (SELECT 1) AS always LEFT JOIN pg_replication_slots ON slot_name = ?
            """;

    static SlotSighting look(Connection connection, Source source) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SQL)) {
            statement.setString(1, source.slot());
            try (ResultSet found = statement.executeQuery()) {
                found.next();
                long safe = found.getLong(6);
                return new SlotSighting(
                        found.getString(2) != null,
                        lsn(found.getString(1)),
                        lsn(found.getString(3)),
                        lsn(found.getString(4)),
                        found.getString(5),
                        found.getString(6) == null ? OptionalLong.empty() : OptionalLong.of(safe),
                        found.getBoolean(7));
            }
        }
    }

    private static LogSequenceNumber lsn(@Nullable String text) {
        return text == null ? LogSequenceNumber.INVALID : LogSequenceNumber.parse(text);
    }
}
