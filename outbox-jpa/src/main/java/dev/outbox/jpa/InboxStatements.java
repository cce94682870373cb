package dev.outbox.jpa;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** The three statements of the inbox. */
record InboxStatements(InboxTable table) {

    /**
     * Inserts the ids and returns those that were not there. Everyone inserts in the order of the ids, whatever order
     * they came in: two batches with the same ids wait for each other, and never in a circle. The columns of the
     * conflict are named, so that a table without its key is refused instead of letting duplicates in.
     */
    Set<UUID> claim(Connection connection, String consumer, Collection<UUID> eventIds) {
        String sql = "INSERT INTO " + table.qualifiedName() + " (consumer, event_id)"
                + " SELECT ?, event_id FROM unnest(?::uuid[]) AS event_id ORDER BY event_id"
                + " ON CONFLICT (consumer, event_id) DO NOTHING RETURNING event_id";
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            Array ids = connection.createArrayOf("uuid", eventIds.toArray());
            insert.setString(1, consumer);
            insert.setArray(2, ids);
            Set<UUID> claimed = new HashSet<>();
            try (ResultSet rows = insert.executeQuery()) {
                while (rows.next()) {
                    claimed.add(rows.getObject(1, UUID.class));
                }
            }
            ids.free();
            return claimed;
        } catch (SQLException e) {
            throw InboxFailure.explain(table, "Looking up " + eventIds.size() + " event(s) of '" + consumer + "'", e);
        }
    }

    Set<UUID> claim(Connection connection, String consumer, UUID eventId) {
        return claim(connection, consumer, List.of(eventId));
    }

    void unclaim(Connection connection, String consumer, UUID eventId) {
        String sql = "DELETE FROM " + table.qualifiedName() + " WHERE consumer = ? AND event_id = ?";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setString(1, consumer);
            delete.setObject(2, eventId);
            delete.executeUpdate();
        } catch (SQLException e) {
            throw InboxFailure.explain(table, "Taking back event " + eventId + " of '" + consumer + "'", e);
        }
    }

    int expire(Connection connection, Duration age, int limit) {
        String sql = "DELETE FROM " + table.qualifiedName() + " WHERE ctid = ANY (ARRAY(SELECT ctid FROM "
                + table.qualifiedName() + " WHERE received_at < now() - make_interval(secs => ?)"
                + " ORDER BY received_at LIMIT ?))";
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            delete.setDouble(1, age.toSeconds() + age.toNanosPart() / 1e9);
            delete.setInt(2, limit);
            return delete.executeUpdate();
        } catch (SQLException e) {
            throw InboxFailure.explain(table, "Expiring events older than " + age, e);
        }
    }
}
