package dev.outbox.jpa;

import static java.util.stream.Collectors.joining;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/**
 * The one statement of the write side, or two where the rows are not to stay. The column {@code xid} is left to its
 * default, the writing transaction's id. Two of the same settings are equal.
 */
final class OutboxInsert {

    private final OutboxTable table;
    private final PayloadType payloadType;
    private final Retention retention;
    private final List<Column> columns;
    private final String sql;
    private final String deleteSql;

    OutboxInsert(OutboxTable table, PayloadType payloadType, Retention retention) {
        this.table = table;
        this.payloadType = payloadType;
        this.retention = retention;
        this.columns = Arrays.stream(Column.values())
                .filter(column -> column != Column.XID && table.has(column))
                .toList();
        String names = columns.stream()
                .map(column -> OutboxTable.quote(table.column(column)))
                .collect(joining(", "));
        String placeholders = columns.stream().map(this::placeholder).collect(joining(", "));
        this.sql = "INSERT INTO %s (%s) VALUES (%s)".formatted(table.qualifiedName(), names, placeholders);
        this.deleteSql = "DELETE FROM %s WHERE %s = ?"
                .formatted(table.qualifiedName(), OutboxTable.quote(table.column(Column.ID)));
    }

    OutboxTable table() {
        return table;
    }

    PayloadType payloadType() {
        return payloadType;
    }

    Retention retention() {
        return retention;
    }

    /** Writes the rows in one JDBC batch, in their order. */
    void execute(Connection connection, List<OutboxRow> rows) {
        try (PreparedStatement insert = connection.prepareStatement(sql)) {
            for (OutboxRow row : rows) {
                for (int i = 0; i < columns.size(); i++) {
                    bind(insert, i + 1, columns.get(i), row);
                }
                insert.addBatch();
            }
            insert.executeBatch();
            if (retention == Retention.DELETE_AFTER_INSERT) {
                delete(connection, rows);
            }
        } catch (SQLException e) {
            throw new InsertFailure(table, payloadType, retention).explain(rows, e);
        }
    }

    /** Explicit, as a persistence context makes nothing at all of an insert and a delete in one flush. */
    private void delete(Connection connection, List<OutboxRow> rows) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(deleteSql)) {
            for (OutboxRow row : rows) {
                delete.setObject(1, row.id());
                delete.addBatch();
            }
            delete.executeBatch();
        }
    }

    private static void bind(PreparedStatement insert, int parameter, Column column, OutboxRow row)
            throws SQLException {
        switch (column) {
            case ID -> insert.setObject(parameter, row.id());
            case AGGREGATE_TYPE -> insert.setString(parameter, row.aggregateType());
            case AGGREGATE_ID -> insert.setString(parameter, row.aggregateId());
            case TYPE -> insert.setString(parameter, row.type());
            case PAYLOAD -> {
                if (row.payload() instanceof byte[] bytes) {
                    insert.setBytes(parameter, bytes);
                } else {
                    insert.setString(parameter, (String) row.payload());
                }
            }
            case HEADERS -> insert.setString(parameter, row.headers());
            case OCCURRED_AT -> insert.setObject(parameter, row.occurredAt().atOffset(ZoneOffset.UTC));
            case XID -> throw new IllegalStateException("xid is left to its default");
        }
    }

    String sql() {
        return sql;
    }

    private String placeholder(Column column) {
        return switch (column) {
            case PAYLOAD -> payloadType == PayloadType.BYTEA ? "?" : "?::" + payloadType.sqlName();
            case HEADERS -> "?::json";
            default -> "?";
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof OutboxInsert that
                && table.equals(that.table)
                && payloadType == that.payloadType
                && retention == that.retention;
    }

    @Override
    public int hashCode() {
        return sql.hashCode();
    }
}
