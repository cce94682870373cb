package dev.outbox.jpa;

import static java.util.stream.Collectors.joining;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.PayloadType;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** The one statement of the write side. The column {@code xid} is left to its default, the writing transaction's id. */
record OutboxInsert(OutboxTable table, PayloadType payloadType) {

    /** Writes the rows in one JDBC batch, in their order. */
    void execute(Connection connection, List<OutboxRow> rows) {
        try (PreparedStatement insert = connection.prepareStatement(sql())) {
            for (OutboxRow row : rows) {
                insert.setObject(1, row.id());
                insert.setString(2, row.aggregateType());
                insert.setString(3, row.aggregateId());
                insert.setString(4, row.type());
                if (row.payload() instanceof byte[] bytes) {
                    insert.setBytes(5, bytes);
                } else {
                    insert.setString(5, (String) row.payload());
                }
                insert.setString(6, row.headers());
                insert.setObject(7, row.occurredAt().atOffset(ZoneOffset.UTC));
                insert.addBatch();
            }
            insert.executeBatch();
        } catch (SQLException e) {
            throw InsertFailure.explain(table, payloadType, rows, e);
        }
    }

    String sql() {
        String columns = Stream.of(
                        Column.ID,
                        Column.AGGREGATE_TYPE,
                        Column.AGGREGATE_ID,
                        Column.TYPE,
                        Column.PAYLOAD,
                        Column.HEADERS,
                        Column.OCCURRED_AT)
                .map(column -> OutboxTable.quote(table.column(column)))
                .collect(joining(", "));
        String payload = payloadType == PayloadType.BYTEA ? "?" : "?::" + payloadType.sqlName();
        return "INSERT INTO %s (%s) VALUES (?, ?, ?, ?, %s, ?::json, ?)"
                .formatted(table.qualifiedName(), columns, payload);
    }
}
