package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.relay.check.DidYouMean;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.replication.Query.Row;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The outbox table: is it there, and can its rows be events? */
final class TableChecks {

    static final String SUBJECT = "table";

    private static final Set<String> PAYLOAD_TYPES = Set.of("json", "jsonb", "text", "varchar", "bytea");

    private static final String TABLE = """
            SELECT c.oid, c.relkind, c.relpersistence FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = ? AND c.relname = ?
            """;
    private static final String COLUMNS = """
            SELECT a.attname, t.typname, a.attnotnull, a.attgenerated <> '' AS generated
            FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
            WHERE a.attrelid = ?::oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
            """;
    private static final String OTHERS = """
            SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)' ORDER BY 1 LIMIT 10000
            """;

    private final OutboxTable table;
    private final String address;
    private final List<Finding> findings = new ArrayList<>();
    private final Map<String, Row> columns = new LinkedHashMap<>();
    private boolean partitioned;

    private TableChecks(Source source) {
        this.table = source.table();
        this.address = source.address();
    }

    static TableChecks of(Connection connection, Source source) throws SQLException {
        TableChecks checks = new TableChecks(source);
        checks.look(connection);
        return checks;
    }

    /** Errors and warnings, or one that all is well. */
    List<Finding> findings() {
        return findings.isEmpty()
                ? List.of(Finding.ok(SUBJECT, table + " with " + String.join(", ", columns.keySet())))
                : findings;
    }

    /** The names of its columns, in their order; empty where there is no such table. */
    Set<String> columns() {
        return columns.keySet();
    }

    boolean isPartitioned() {
        return partitioned;
    }

    /** Whether the server computes the column's values. */
    boolean isGenerated(String column) {
        Row found = columns.get(column);
        return found != null && found.is("generated");
    }

    /** Those of some thousand of its rows; none where the role may not read them. */
    List<String> aggregateTypes(Connection connection) throws SQLException {
        String column = OutboxTable.quote(table.column(Column.AGGREGATE_TYPE));
        try {
            return Query.texts(
                    connection,
                    "SELECT DISTINCT type::text FROM (SELECT " + column + " AS type FROM " + table.qualifiedName()
                            + " LIMIT 10000) AS sample WHERE type IS NOT NULL LIMIT 200");
        } catch (SQLException e) {
            if (SqlErrors.state(e).equals(SqlErrors.INSUFFICIENT_PRIVILEGE)
                    || !columns.containsKey(table.column(Column.AGGREGATE_TYPE))) {
                return List.of();
            }
            throw e;
        }
    }

    private void look(Connection connection) throws SQLException {
        Optional<Row> found = Query.first(connection, TABLE, table.schema(), table.name());
        if (found.isEmpty() || !isTable(found.get())) {
            missing(connection, found);
            return;
        }
        partitioned = found.get().text("relkind").equals("p");
        for (Row column : Query.rows(connection, COLUMNS, found.get().number("oid"))) {
            columns.put(column.text("attname"), column);
        }
        if (found.get().text("relpersistence").equals("u")) {
            error(
                    "the table " + table + " to be in the log",
                    "an unlogged one, which no publication can hold",
                    "Run ALTER TABLE " + table.qualifiedName() + " SET LOGGED;");
        }
        for (Column column : Column.values()) {
            look(column);
        }
    }

    private static boolean isTable(Row found) {
        return "rp".contains(found.text("relkind"));
    }

    private void missing(Connection connection, Optional<Row> found) throws SQLException {
        error(
                "the table " + table + " in " + address,
                found.isEmpty() ? "none of that name" + near(connection) : "something of that name that is no table",
                "Create it (its DDL is in outbox-core: dev/outbox/outbox.sql), or name the right one.");
    }

    private String near(Connection connection) throws SQLException {
        List<String> others = Query.texts(connection, OTHERS);
        return others.stream()
                .filter(other -> other.endsWith("." + table.name()))
                .findFirst()
                .or(() -> DidYouMean.nearest(table.toString(), others))
                .map(other -> " (did you mean " + other + "?)")
                .orElse("");
    }

    private void look(Column column) {
        String name = table.column(column);
        Row found = columns.get(name);
        boolean expected = column.required() || !name.equals(column.defaultName());
        if (found == null) {
            if (expected) {
                error(
                        "a column '" + name + "' in the table " + table,
                        String.join(", ", columns.keySet()),
                        "Add it, or name the column that stands for it.");
            }
            return;
        }
        checkType(column, name, found.text("typname"));
        if (column.required() && column != Column.PAYLOAD && !found.is("attnotnull")) {
            findings.add(Finding.warning(
                    SUBJECT,
                    "the column '" + name + "' of the table " + table + " to be NOT NULL",
                    "that it is not, and a row with NULL is no event",
                    "Run ALTER TABLE " + table.qualifiedName() + " ALTER " + OutboxTable.quote(name)
                            + " SET NOT NULL;"));
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
            error(
                    "the column '" + name + "' of the table " + table + " to be "
                            + String.join(" or ", expected.stream().sorted().toList()),
                    type,
                    "Change its type, or name another column.");
        }
    }

    private void error(String expected, String found, String mend) {
        findings.add(Finding.error(SUBJECT, expected, found, mend));
    }
}
