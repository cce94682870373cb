package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Looks at the server before anything is streamed, makes publication and slot where they are missing, and refuses with
 * all that is wrong at once.
 */
public final class Preflight {

    private static final int OLDEST_SERVER = 15;
    private static final int SKIPS_MISSING_PUBLICATIONS = 18;
    private static final Set<String> PAYLOAD_TYPES = Set.of("json", "jsonb", "text", "varchar", "bytea");

    private final Source source;
    private final List<String> mistakes = new ArrayList<>();

    private Preflight(Source source) {
        this.source = source;
    }

    /**
     * Checks the server and makes what is missing. The publication comes before the slot: decoding looks it up as it was
     * when each transaction committed.
     *
     * @throws ReplicationException if the relay can't or must not stream
     */
    public static void run(Source source) {
        try (Connection connection = source.connect()) {
            Preflight preflight = new Preflight(source);
            preflight.checkServer(connection);
            Map<String, String> columns = preflight.columns(connection);
            preflight.checkTable(columns);
            preflight.refuseMistakes();
            preflight.mistakes.addAll(Publication.ensure(connection, source, columns.keySet()));
            preflight.mistakes.addAll(ReplicationSlot.mistakes(connection, source));
            preflight.refuseMistakes();
            ReplicationSlot.createIfMissing(connection, source);
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "check the server", e);
        }
    }

    /**
     * The same where somebody has accepted what was lost: a slot that the server has invalidated is made anew. Before
     * PostgreSQL 18 a slot can't pass the place where its publication did not exist, so it is taken on to the end of the
     * log if the publication was made anew.
     *
     * @param publicationOid that of the publication read before, 0 if unknown
     */
    public static void runAccepting(Source source, long publicationOid) {
        try (Connection connection = source.connect()) {
            ReplicationSlot.dropIfInvalidated(connection, source);
            run(source);
            if (publicationOid != 0
                    && publicationOid != Publication.oid(connection, source)
                    && connection.getMetaData().getDatabaseMajorVersion() < SKIPS_MISSING_PUBLICATIONS) {
                ReplicationSlot.advance(connection, source);
            }
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "make way for the stream", e);
        }
    }

    private void refuseMistakes() {
        if (!mistakes.isEmpty()) {
            throw new ReplicationException(String.join("\n", mistakes), false, null);
        }
    }

    private void checkServer(Connection connection) throws SQLException {
        int version = connection.getMetaData().getDatabaseMajorVersion();
        if (version < OLDEST_SERVER) {
            mistakes.add("Expected PostgreSQL " + OLDEST_SERVER + " or newer at " + source.address() + ", found "
                    + version + ". Upgrade the server.");
        }
        String walLevel = show(connection, "wal_level");
        if (!walLevel.equals("logical")) {
            mistakes.add("Expected wal_level=logical on " + source.address() + ", found wal_level=" + walLevel
                    + ". Run ALTER SYSTEM SET wal_level = 'logical' and restart the server.");
        }
    }

    private static String show(Connection connection, String setting) throws SQLException {
        try (var statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW " + setting)) {
            result.next();
            return result.getString(1);
        }
    }

    private void checkTable(Map<String, String> found) {
        OutboxTable table = source.table();
        if (found.isEmpty()) {
            mistakes.add("Expected the table " + table + " in " + source.address() + ", found none of that name."
                    + " Create it (its DDL is in outbox-core: dev/outbox/outbox.sql), or name the right one.");
            return;
        }
        for (Column column : Column.values()) {
            String name = table.column(column);
            String type = found.get(name);
            boolean expected = column.required() || !name.equals(column.defaultName());
            if (type == null && expected) {
                mistakes.add("Expected a column '" + name + "' in the table " + table + ", found "
                        + String.join(", ", found.keySet()) + ". Add it, or name the column that stands for it.");
            } else if (type != null) {
                checkType(column, name, type);
            }
        }
    }

    private void checkType(Column column, String name, String type) {
        Set<String> expected = switch (column) {
            case PAYLOAD -> PAYLOAD_TYPES;
            case HEADERS -> Set.of("json", "jsonb");
            case OCCURRED_AT -> Set.of("timestamptz");
            default -> Set.of();
        };
        if (!expected.isEmpty() && !expected.contains(type)) {
            mistakes.add("Expected the column '" + name + "' of the table " + source.table() + " to be "
                    + String.join(" or ", expected.stream().sorted().toList()) + ", found " + type
                    + ". Change its type, or name another column.");
        }
    }

    /** The table's columns in their order, with the names of their types; empty if there is no such table. */
    private Map<String, String> columns(Connection connection) throws SQLException {
        String sql = """
                SELECT a.attname, t.typname FROM pg_class c
                JOIN pg_namespace n ON n.oid = c.relnamespace
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_type t ON t.oid = a.atttypid
                WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p') ORDER BY a.attnum
                """;
        Map<String, String> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, source.table().schema());
            statement.setString(2, source.table().name());
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    columns.put(result.getString(1), result.getString(2));
                }
            }
        }
        return columns;
    }
}
