package dev.outbox.jpa;

import static java.util.stream.Collectors.joining;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;

/** The one statement of the write side, or two where the rows are not to stay. The column {@code xid} is left to its default, the writing transaction's id. */
record OutboxInsert(OutboxTable table, PayloadType payloadType, Retention retention) {

    /** Writes the rows in one JDBC batch, in their order. */
    void execute(Connection connection, List<OutboxRow> rows) {
        List<Column> columns = columns();
        try (PreparedStatement insert = connection.prepareStatement(sql())) {
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
        String sql = "DELETE FROM %s WHERE %s = ANY (?)"
                .formatted(table.qualifiedName(), OutboxTable.quote(table.column(Column.ID)));
        try (PreparedStatement delete = connection.prepareStatement(sql)) {
            Array ids = connection.createArrayOf(
                    "uuid", rows.stream().map(OutboxRow::id).toArray());
            delete.setArray(1, ids);
            delete.executeUpdate();
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
        String names = columns().stream()
                .map(column -> OutboxTable.quote(table.column(column)))
                .collect(joining(", "));
        String placeholders = columns().stream().map(this::placeholder).collect(joining(", "));
        return "INSERT INTO %s (%s) VALUES (%s)".formatted(table.qualifiedName(), names, placeholders);
    }

    private List<Column> columns() {
        return Arrays.stream(Column.values())
                .filter(column -> column != Column.XID && table.has(column))
                .toList();
    }

    private String placeholder(Column column) {
        return switch (column) {
            case PAYLOAD -> payloadType == PayloadType.BYTEA ? "?" : "?::" + payloadType.sqlName();
            case HEADERS -> "?::json";
            default -> "?";
        };
    }
}
