package dev.outbox.jpa;

import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.PayloadType;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.List;

/** Says in words what a failed INSERT means and what to do about it. */
final class InsertFailure {

    private InsertFailure() {}

    static OutboxException explain(
            OutboxTable table, PayloadType payloadType, List<OutboxRow> rows, SQLException failure) {
        SQLException cause = withoutData(failure);
        String message =
                "Writing %d event(s), the first one '%s' of %s %s, to the outbox table %s failed, so the transaction can't commit: %s (SQLSTATE %s). %s"
                        .formatted(
                                rows.size(),
                                rows.get(0).type(),
                                rows.get(0).aggregateType(),
                                rows.get(0).aggregateId(),
                                table,
                                cause.getMessage(),
                                cause.getSQLState(),
                                advice(table, payloadType, String.valueOf(cause.getSQLState())));
        return new OutboxException(message, cause);
    }

    /**
     * The same failure without the values of the row. The driver puts the statement with all its parameters into the
     * message of a batch failure, and the server's detail and context lines quote the row and the payload.
     */
    private static SQLException withoutData(SQLException failure) {
        SQLException server = failure;
        while (server instanceof BatchUpdateException && server.getNextException() != null) {
            server = server.getNextException();
        }
        String message = server instanceof BatchUpdateException || server.getMessage() == null
                ? "the batch was refused"
                : server.getMessage().lines().findFirst().orElse("");
        SQLException cleaned = new SQLException(message, server.getSQLState(), server.getErrorCode());
        cleaned.setStackTrace(server.getStackTrace());
        return cleaned;
    }

    private static String advice(OutboxTable table, PayloadType payloadType, String sqlState) {
        return switch (sqlState) {
            case "42P01", "3F000" ->
                "Create the table (OutboxTable.ddl() is its SQL), or name yours with JpaOutbox.builder().table(...).";
            case "42703" ->
                "Add the column (OutboxTable.ddl() has them all), or name yours with OutboxTable.withColumn(...).";
            case "42804" ->
                "Make the columns of the types in OutboxTable.ddl(); this outbox writes a payload of type "
                        + payloadType.sqlName() + ", see JpaOutbox.builder().payloadType(...).";
            case "42501" ->
                "Let the application's role write: GRANT INSERT ON " + table.qualifiedName()
                        + ", and USAGE on its schema.";
            case "23505" ->
                "An id that was given to an event explicitly is in the table already: each event needs its own.";
            case "22P02", "22P05" ->
                "The payload is no " + payloadType.sqlName() + " that PostgreSQL accepts (jsonb and text can't hold"
                        + " U+0000): change the event or its serializer, or choose another payload type.";
            default -> "The cause is the server's own message, without the row's values.";
        };
    }
}
