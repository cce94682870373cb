package dev.outbox.jpa;

import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.PayloadType;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Looks at the outbox table as the server has it, so that an application finds out at its start and not at a commit. */
public final class OutboxSchema {

    private OutboxSchema() {}

    /**
     * Checks {@link OutboxTable#DEFAULT} with a {@code json} payload.
     *
     * @param connection to the application's database, as the role that writes events; left open, nothing is written
     * @throws OutboxException naming all that differs from what is needed, or if the server can't be asked
     */
    public static void validate(Connection connection) {
        validate(connection, OutboxTable.DEFAULT, PayloadType.JSON);
    }

    /**
     * As below, of a table whose rows stay: {@link Retention#KEEP}.
     *
     * @throws OutboxException naming all that differs from what is needed, or if the server can't be asked
     */
    public static void validate(Connection connection, OutboxTable table, PayloadType payloadType) {
        validate(connection, table, payloadType, Retention.KEEP);
    }

    /**
     * Checks that events can be written to the table and relayed from it. What the relay needs beyond the table, such as
     * {@code wal_level}, it checks itself.
     *
     * @param table whose columns are expected to be there, except those it is {@linkplain OutboxTable#without without}
     * @param payloadType the type that the payload column is expected to have
     * @param retention decides what the role must be allowed to do
     * @throws OutboxException naming all that differs from what is needed, or if the server can't be asked
     */
    public static void validate(
            Connection connection, OutboxTable table, PayloadType payloadType, Retention retention) {
        validate(connection, table, payloadType, retention, payloadType.contentType());
    }

    /** @param contentType what the serializer makes, so that no payload type is advised which can't hold it */
    static void validate(
            Connection connection,
            OutboxTable table,
            PayloadType payloadType,
            Retention retention,
            String contentType) {
        List<String> differences;
        try {
            differences = new SchemaCheck(table, payloadType, retention, contentType)
                    .differences(FoundTable.read(connection, table));
        } catch (SQLException e) {
            throw new OutboxException(
                    "The outbox table %s can't be looked at: %s (SQLSTATE %s). Validate on an open connection whose transaction has not failed."
                            .formatted(table, e.getMessage(), e.getSQLState()),
                    e);
        }
        if (!differences.isEmpty()) {
            throw new OutboxException("The outbox table %s is not as needed; %d difference(s):\n- %s"
                    .formatted(table, differences.size(), String.join("\n- ", differences)));
        }
    }
}
