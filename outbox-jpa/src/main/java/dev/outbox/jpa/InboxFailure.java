package dev.outbox.jpa;

import dev.outbox.OutboxException;
import java.sql.SQLException;

/** Says in words what a failed statement of the inbox means and what to do about it. */
final class InboxFailure {

    private InboxFailure() {}

    static OutboxException explain(InboxTable table, String doing, SQLException failure) {
        String message = failure.getMessage();
        return new OutboxException(
                "%s in the inbox table %s failed: %s (SQLSTATE %s). %s"
                        .formatted(
                                doing,
                                table,
                                message == null
                                        ? ""
                                        : message.lines().findFirst().orElse(""),
                                failure.getSQLState(),
                                advice(table, String.valueOf(failure.getSQLState()))),
                failure);
    }

    private static String advice(InboxTable table, String sqlState) {
        return switch (sqlState) {
            case "42P01", "3F000" ->
                "Create the table (" + SchemaFile.INBOX.resource()
                        + " is its SQL, InboxTable.ddl() the same for another"
                        + " name), or name yours with InboxTable.named(schema, name).";
            case "42703", "42P10", "42804" ->
                "Make the columns and the primary key (consumer, event_id) of " + SchemaFile.INBOX.resource() + ".";
            case "42501" ->
                "Let the consumer's role use it: GRANT SELECT, INSERT, DELETE ON " + table.qualifiedName()
                        + ", and USAGE on its schema.";
            case "40001", "40P01" -> "Roll back and try the transaction again; another one was at the same events.";
            case "25P02" -> "Roll back: an earlier statement of this transaction has failed.";
            case "25006" -> "Use a transaction that is not read-only: the inbox is written in it.";
            default -> "Roll back; the event comes again as long as its offset is not committed.";
        };
    }
}
