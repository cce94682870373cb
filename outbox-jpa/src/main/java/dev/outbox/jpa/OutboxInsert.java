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

/** The one statement of the write side. The column {@code xid} is left to its default, the writing transaction's id. */
record OutboxInsert(OutboxTable table, PayloadType payloadType) {

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
        } catch (SQLException e) {
            throw InsertFailure.explain(table, payloadType, rows, e);
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
