package dev.outbox.jpa.testkit;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.jpa.JpaOutbox;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * What was in an outbox table when it was read, in the order of the event ids, which is that of the publish calls of one
 * JVM. Immutable.
 *
 * <p>Events are written right before the commit, so they are read after it. The header {@code contentType}, which Outbox
 * adds itself, is left out.
 */
public final class OutboxTableContents {

    private final String table;
    private final List<OutboxEvent> events;
    private final Supplier<EventSerializer> serializer;

    private OutboxTableContents(String table, List<OutboxEvent> events, Supplier<EventSerializer> serializer) {
        this.table = table;
        this.events = List.copyOf(events);
        this.serializer = serializer;
    }

    /**
     * Reads the table that the outbox writes.
     *
     * @param connection not closed, and left as it is
     * @throws OutboxException if the table can't be read, or holds what publish doesn't write
     */
    public static OutboxTableContents read(Connection connection, JpaOutbox outbox) {
        return new OutboxTableContents(outbox.table().toString(), rows(connection, outbox.table()), outbox::serializer);
    }

    /**
     * Reads a table that is written with {@link EventSerializer#json()}.
     *
     * @param connection not closed, and left as it is
     * @throws OutboxException if the table can't be read, or holds what publish doesn't write
     */
    public static OutboxTableContents read(Connection connection, OutboxTable table) {
        return new OutboxTableContents(table.toString(), rows(connection, table), EventSerializer::json);
    }

    /** Only what is here and was not there before, where a table is not emptied between tests. */
    public OutboxTableContents since(OutboxTableContents before) {
        Set<UUID> known = new HashSet<>();
        before.events.forEach(event -> known.add(event.id()));
        return new OutboxTableContents(
                table,
                events.stream().filter(event -> !known.contains(event.id())).toList(),
                serializer);
    }

    /** The events; where the table has no column for it, {@code occurredAt} is {@link Instant#EPOCH}. */
    public List<OutboxEvent> events() {
        return events;
    }

    String table() {
        return table;
    }

    EventSerializer serializer() {
        return serializer.get();
    }

    private static List<OutboxEvent> rows(Connection connection, OutboxTable table) {
        List<OutboxEvent> events = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql(table));
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                events.add(event(table, row));
            }
        } catch (SQLException e) {
            throw new OutboxException("The table " + table + " can't be read: " + e.getMessage(), e);
        }
        return events;
    }

    private static OutboxEvent event(OutboxTable table, ResultSet row) throws SQLException {
        String id = row.getString(1);
        try {
            return new OutboxEvent(
                    UUID.fromString(id),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getBytes(5),
                    headers((Object[]) row.getArray(6).getArray()),
                    row.getObject(7, OffsetDateTime.class).toInstant());
        } catch (IllegalArgumentException | OutboxException e) {
            throw new OutboxException(
                    "The row with the id " + id + " of " + table + " is none that publish writes: " + e.getMessage(),
                    e);
        }
    }

    /** @param entries pairs of name and value; the driver has no array of pairs for an empty one */
    private static Map<String, String> headers(Object[] entries) {
        Map<String, String> headers = new HashMap<>();
        for (Object entry : entries) {
            String[] pair = (String[]) entry;
            if (pair[1] == null) {
                throw new OutboxException("The value of header '" + pair[0] + "' must not be null.");
            }
            headers.put(pair[0], pair[1]);
        }
        return headers;
    }

    /** PostgreSQL takes the headers apart, so that no JSON library is needed. */
    private static String sql(OutboxTable table) {
        String headers = !table.has(Column.HEADERS)
                ? "ARRAY[]::text[][]"
                : "ARRAY(SELECT ARRAY[key, value] FROM json_each_text(%s::json) WHERE key <> 'contentType')"
                        .formatted(quoted(table, Column.HEADERS));
        String occurredAt = table.has(Column.OCCURRED_AT) ? quoted(table, Column.OCCURRED_AT) : "to_timestamp(0)";
        return "SELECT %s::text, %s, %s, %s, %s, %s, %s FROM %s ORDER BY 1"
                .formatted(
                        quoted(table, Column.ID),
                        quoted(table, Column.AGGREGATE_TYPE),
                        quoted(table, Column.AGGREGATE_ID),
                        quoted(table, Column.TYPE),
                        quoted(table, Column.PAYLOAD),
                        headers,
                        occurredAt,
                        table.qualifiedName());
    }

    private static String quoted(OutboxTable table, Column column) {
        return OutboxTable.quote(table.column(column));
    }
}
