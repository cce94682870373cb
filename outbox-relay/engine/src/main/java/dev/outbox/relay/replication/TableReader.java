package dev.outbox.relay.replication;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.relay.pgoutput.PgOutputDecoder;
import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import dev.outbox.relay.pgoutput.TupleData;
import dev.outbox.relay.replication.Query.Row;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of the outbox table in the form in which the stream brings them, so that the same code makes records of both. */
public final class TableReader implements AutoCloseable {

    /** Rows in memory at a time: a payload may have megabytes. */
    private static final int FETCHED = 50;

    private static final String COLUMNS = """
            SELECT c.oid, a.attname, a.atttypid, format_type(a.atttypid, NULL) AS type
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            WHERE n.nspname = ? AND c.relname = ? AND c.relkind IN ('r', 'p') ORDER BY a.attnum
            """;

    private final Source source;
    private final Connection connection;
    private final Relation relation;
    private final String where;
    private final List<Object> parameters;
    private final String order;

    /**
     * Which rows; null or empty for any.
     *
     * @param from a time as ISO-8601
     * @param until a time as ISO-8601
     */
    public record Conditions(
            Set<String> ids,
            @Nullable String aggregateType,
            @Nullable String aggregateId,
            @Nullable String type,
            @Nullable String from,
            @Nullable String until) {}

    private TableReader(Source source, Connection connection, List<Row> columns, Conditions conditions) {
        this.source = source;
        this.connection = connection;
        OutboxTable table = source.table();
        List<Relation.Column> described = columns.stream()
                .map(column -> new Relation.Column(0, column.text("attname"), column.number("atttypid"), -1))
                .toList();
        this.relation = new Relation(columns.get(0).number("oid"), table.schema(), table.name(), 'd', described);
        this.parameters = new ArrayList<>();
        this.where = where(columns, conditions);
        boolean hasTime =
                columns.stream().anyMatch(column -> column.text("attname").equals(table.column(Column.OCCURRED_AT)));
        this.order = " ORDER BY " + (hasTime ? name(Column.OCCURRED_AT) + ", " : "") + name(Column.ID);
    }

    /**
     * Connects; the caller closes it.
     *
     * @throws ReplicationException if there is no connection or no such table
     */
    public static TableReader open(Source source, Conditions conditions) {
        Connection connection = source.connect();
        try {
            // Finding and sorting may take long before the first row comes.
            connection.setNetworkTimeout(Runnable::run, 0);
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                ReplicationStream.settleText(statement);
            }
            Preflight.refuseErrors(TableChecks.of(connection, source).findings());
            List<Row> columns = Query.rows(
                    connection, COLUMNS, source.table().schema(), source.table().name());
            return new TableReader(source, connection, columns, conditions);
        } catch (SQLException e) {
            close(connection, source);
            throw SqlErrors.onQuery(source, "read the table " + source.table(), e);
        } catch (ReplicationException e) {
            close(connection, source);
            throw e;
        }
    }

    private String where(List<Row> columns, Conditions conditions) {
        List<String> all = new ArrayList<>();
        if (!conditions.ids().isEmpty()) {
            String type = columns.stream()
                    .filter(column ->
                            column.text("attname").equals(source.table().column(Column.ID)))
                    .map(column -> column.text("type"))
                    .findFirst()
                    .orElse("text");
            parameters.add(conditions.ids().toArray(String[]::new));
            all.add(name(Column.ID) + " = ANY (?::" + type + "[])");
        }
        add(all, name(Column.AGGREGATE_TYPE) + "::text = ?", conditions.aggregateType());
        add(all, name(Column.AGGREGATE_ID) + "::text = ?", conditions.aggregateId());
        add(all, name(Column.TYPE) + "::text = ?", conditions.type());
        add(all, name(Column.OCCURRED_AT) + " >= ?::timestamptz", conditions.from());
        add(all, name(Column.OCCURRED_AT) + " < ?::timestamptz", conditions.until());
        return all.isEmpty() ? "" : " WHERE " + String.join(" AND ", all);
    }

    private void add(List<String> all, String condition, @Nullable String value) {
        if (value != null) {
            all.add(condition);
            parameters.add(value);
        }
    }

    private String name(Column column) {
        return Sql.identifier(source.table().column(column));
    }

    /** The table's columns. */
    public Relation relation() {
        return relation;
    }

    /**
     * How many rows there are.
     *
     * @throws ReplicationException if they can't be counted
     */
    public long count() {
        try (PreparedStatement statement =
                        prepare("SELECT count(*) FROM " + source.table().qualifiedName() + where);
                ResultSet result = statement.executeQuery()) {
            result.next();
            return result.getLong(1);
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "count the rows of " + source.table(), e);
        }
    }

    /**
     * Reads them, in the order of their time.
     *
     * @throws ReplicationException if they can't be read
     */
    public void rows(Consumer<TupleData> each) {
        String columns = relation.columns().stream()
                .map(column -> Sql.identifier(column.name()) + "::text")
                .collect(Collectors.joining(", "));
        PgOutputDecoder decoder = new PgOutputDecoder();
        try (PreparedStatement statement =
                prepare("SELECT " + columns + " FROM " + source.table().qualifiedName() + where + order)) {
            statement.setFetchSize(FETCHED);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    each.accept(((Insert) decoder.decode(insert(rows))).newTuple());
                }
            }
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "read the table " + source.table(), e);
        }
    }

    private PreparedStatement prepare(String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < parameters.size(); i++) {
            Object parameter = parameters.get(i);
            if (parameter instanceof String[] texts) {
                statement.setArray(i + 1, connection.createArrayOf("text", texts));
            } else {
                statement.setString(i + 1, (String) parameter);
            }
        }
        return statement;
    }

    /** The row as an Insert message. */
    private ByteBuffer insert(ResultSet row) throws SQLException {
        int columns = relation.columns().size();
        List<byte @Nullable []> values = new ArrayList<>(columns);
        int size = 1 + Integer.BYTES + 1 + Short.BYTES;
        for (int i = 1; i <= columns; i++) {
            byte[] value = row.getBytes(i);
            values.add(value);
            size += 1 + (value == null ? 0 : Integer.BYTES + value.length);
        }
        ByteBuffer message = ByteBuffer.allocate(size);
        message.put((byte) 'I')
                .putInt((int) relation.relationId())
                .put((byte) 'N')
                .putShort((short) columns);
        for (byte[] value : values) {
            if (value == null) {
                message.put((byte) TupleData.NULL);
            } else {
                message.put((byte) TupleData.TEXT).putInt(value.length).put(value);
            }
        }
        return message.flip();
    }

    @Override
    public void close() {
        close(connection, source);
    }

    private static void close(Connection connection, Source source) {
        try {
            connection.close();
        } catch (SQLException e) {
            throw SqlErrors.onQuery(source, "disconnect", e);
        }
    }
}
