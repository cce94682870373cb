package dev.outbox.jpa;

import dev.outbox.OutboxTable;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table as the server's catalog describes it.
 *
 * @param role the role that asked
 * @param schemas where a table of that name is, in whatever schema
 * @param kind as in {@code pg_class}, null if there is no such table
 * @param persistence as in {@code pg_class}
 * @param columns by name, in their order
 */
record FoundTable(
        int serverVersion,
        String role,
        List<String> schemas,
        @Nullable String kind,
        String persistence,
        boolean partitions,
        boolean insertable,
        boolean deletable,
        Map<String, Column> columns) {

    /**
     * @param type as SQL writes it, with its length
     * @param defaultExpression null if there is none
     * @param computed whether the server refuses a value: GENERATED ALWAYS, with or without AS IDENTITY
     * @param selectable whether the role may read it
     */
    record Column(
            String type, boolean notNull, @Nullable String defaultExpression, boolean computed, boolean selectable) {

        /** Whether an INSERT can leave it out. */
        boolean optional() {
            return !notNull || computed || defaultExpression != null;
        }
    }

    private static final String TABLE = """
            SELECT current_setting('server_version_num')::int / 10000, current_user,
                   (SELECT coalesce(array_agg(on_.nspname::text ORDER BY on_.nspname), '{}')
                    FROM pg_class oc JOIN pg_namespace on_ ON on_.oid = oc.relnamespace
                    WHERE oc.relname = ? AND oc.relkind IN ('r', 'p')),
                   c.relkind::text, c.relpersistence::text,
                   EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid),
                   has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT'),
                   has_table_privilege(c.oid, 'DELETE'), c.oid
            FROM (SELECT) one
            LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace)
                 ON n.nspname = ? AND c.relname = ? AND c.relkind NOT IN ('i', 'I', 'S', 'c', 't')
            """;

    private static final String COLUMNS = """
            SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
                   CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
                   a.attgenerated <> '' OR a.attidentity = 'a', a.attidentity <> '',
                   has_column_privilege(a.attrelid, a.attnum, 'SELECT')
            FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = ? AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """;

    static FoundTable read(Connection connection, OutboxTable table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(TABLE)) {
            statement.setString(1, table.name());
            statement.setString(2, table.schema());
            statement.setString(3, table.name());
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                String kind = row.getString(4);
                return new FoundTable(
                        row.getInt(1),
                        row.getString(2),
                        strings(row.getArray(3)),
                        kind,
                        kind == null ? "" : row.getString(5),
                        row.getBoolean(6),
                        row.getBoolean(7),
                        row.getBoolean(8),
                        kind == null ? Map.of() : columns(connection, row.getLong(9)));
            }
        }
    }

    private static Map<String, Column> columns(Connection connection, long table) throws SQLException {
        Map<String, Column> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setLong(1, table);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    // An identity column fills itself, though it has no default in the catalog.
                    String expression = row.getBoolean(6) ? "identity" : row.getString(4);
                    columns.put(
                            row.getString(1),
                            new Column(
                                    row.getString(2),
                                    row.getBoolean(3),
                                    expression,
                                    row.getBoolean(5),
                                    row.getBoolean(7)));
                }
            }
        }
        return columns;
    }

    private static List<String> strings(Array array) throws SQLException {
        List<String> strings = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
            strings.add((String) element);
        }
        return strings;
    }
}
