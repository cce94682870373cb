package dev.outbox;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names of the outbox table and its columns, and its DDL. Immutable; every name can be changed.
 *
 * <p>The default names are Debezium's where Debezium has one, so that an existing outbox table works as it is. Names are
 * taken literally, as between double quotes in SQL: {@code Outbox} and {@code outbox} are two tables.
 */
public final class OutboxTable {

    /** The table {@code outbox} in the schema {@code public}, with the default column names. */
    public static final OutboxTable DEFAULT =
            new OutboxTable("public", "outbox", new EnumMap<>(Column.class), Set.of());

    private static final Pattern NAME = Pattern.compile("[^\\x00\"]{1,63}");

    private final String schema;
    private final String name;
    private final Map<Column, String> renamed;
    private final Set<Column> absent;

    private OutboxTable(String schema, String name, Map<Column, String> renamed, Set<Column> absent) {
        this.schema = schema;
        this.name = name;
        this.renamed = renamed;
        this.absent = absent;
    }

    /**
     * The default columns in another table.
     *
     * @param schema the schema's name, not quoted
     * @param name the table's name, not quoted
     * @throws OutboxException if either is not a PostgreSQL identifier of 1 to 63 characters
     */
    public static OutboxTable named(String schema, String name) {
        return new OutboxTable(
                requireName("schema", schema), requireName("table", name), new EnumMap<>(Column.class), Set.of());
    }

    /**
     * The same table with another name for one column.
     *
     * @throws OutboxException if the name is not a PostgreSQL identifier of 1 to 63 characters
     */
    public OutboxTable withColumn(Column column, String columnName) {
        Map<Column, String> names = new EnumMap<>(Column.class);
        names.putAll(renamed);
        names.put(column, requireName("column", columnName));
        return new OutboxTable(schema, name, names, absent);
    }

    /**
     * The same table without one of the columns that are Outbox's own, such as a table that was made for Debezium. The
     * relay sees by itself what a table has; the write side is told.
     *
     * @throws OutboxException if the column is required
     */
    public OutboxTable without(Column column) {
        if (column.required()) {
            throw new OutboxException(
                    "The column '" + column(column) + "' is required: " + this + " can't be used without it.");
        }
        Set<Column> columns = EnumSet.of(column);
        columns.addAll(absent);
        return new OutboxTable(schema, name, renamed, columns);
    }

    /** Whether the table has the column. */
    public boolean has(Column column) {
        return !absent.contains(column);
    }

    /** The schema's name, not quoted. */
    public String schema() {
        return schema;
    }

    /** The table's name, not quoted. */
    public String name() {
        return name;
    }

    /** The name that the column has in this table, not quoted. */
    public String column(Column column) {
        return renamed.getOrDefault(column, column.defaultName());
    }

    /** Schema and table, quoted, as SQL wants them. */
    public String qualifiedName() {
        return quote(schema) + "." + quote(name);
    }

    /** An identifier between double quotes, as SQL wants it. */
    public static String quote(String identifier) {
        return '"' + identifier + '"';
    }

    /** SQL that makes the default table, {@code public.outbox}; also the resource {@code /dev/outbox/outbox.sql}. */
    public static String ddl() {
        try (InputStream in = Objects.requireNonNull(OutboxTable.class.getResourceAsStream("outbox.sql"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * SQL that makes this table where it is missing: {@link #ddl()} under the names that table and columns have here.
     */
    public String createSql() {
        String sql =
                ddl().replace("CREATE TABLE public.outbox (", "CREATE TABLE IF NOT EXISTS " + qualifiedName() + " (");
        for (Column column : Column.values()) {
            String line = "(?m)^    " + column.defaultName() + " (?= *\\w)";
            sql = sql.replaceFirst(line, Matcher.quoteReplacement("    " + quote(column(column)) + " "));
        }
        return sql;
    }

    private static String requireName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new OutboxException("The " + what + " name '" + name + "' must have 1 to 63 characters, none of them"
                    + " a double quote: give it as PostgreSQL stores it, not quoted.");
        }
        return name;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutboxTable that
                && schema.equals(that.schema)
                && name.equals(that.name)
                && renamed.equals(that.renamed)
                && absent.equals(that.absent);
    }

    @Override
    public int hashCode() {
        return Objects.hash(schema, name, renamed, absent);
    }

    /** {@code schema.table}, for messages. */
    @Override
    public String toString() {
        return schema + "." + name;
    }

    /** The columns of the table. Those that are not required are Outbox's own; Debezium's layout ends before them. */
    public enum Column {
        /** {@code uuid}: the event's id. */
        ID("id", true),
        /** Text: the kind of aggregate, which routes to a topic. */
        AGGREGATE_TYPE("aggregatetype", true),
        /** Text: the aggregate, which is the record's key. */
        AGGREGATE_ID("aggregateid", true),
        /** Text: the stable name of the event. */
        TYPE("type", true),
        /** One of {@link PayloadType}: the record's value. */
        PAYLOAD("payload", true),
        /** {@code json} or {@code jsonb}: an object of strings, the record's further headers. */
        HEADERS("headers", false),
        /** {@code timestamptz}: when the event happened. */
        OCCURRED_AT("occurred_at", false),
        /** {@code xid8}: the writing transaction, by which a lost slot is healed. */
        XID("xid", false);

        private final String defaultName;
        private final boolean required;

        Column(String defaultName, boolean required) {
            this.defaultName = defaultName;
            this.required = required;
        }

        /** The name in the default table. */
        public String defaultName() {
            return defaultName;
        }

        /** Whether the relay can't work without it. */
        public boolean required() {
            return required;
        }
    }
}
