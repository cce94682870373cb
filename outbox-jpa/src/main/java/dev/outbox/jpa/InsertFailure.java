package dev.outbox.jpa;

import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.PayloadType;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.List;

/** Says in words what a failed INSERT means and what to do about it. */
record InsertFailure(OutboxTable table, PayloadType payloadType, Retention retention) {

    OutboxException explain(List<OutboxRow> rows, SQLException failure) {
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
                                advice(String.valueOf(cause.getSQLState())));
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

    /** What to do about it, by the server's code (PostgreSQL, appendix A). */
    private String advice(String sqlState) {
        boolean deletes = retention == Retention.DELETE_AFTER_INSERT;
        return switch (sqlState) {
            case "42P01", "3F000" ->
                "Create the table (OutboxTable.ddl() is its SQL), or name yours with JpaOutbox.builder().table(...).";
            case "42703" ->
                "Add the column (OutboxTable.ddl() has them all), or name yours with OutboxTable.withColumn(...).";
            case "42804" ->
                "Make the columns of the types in OutboxTable.ddl(); this outbox writes a payload of type "
                        + payloadType.sqlName() + ", see JpaOutbox.builder().payloadType(...).";
            case "42501" ->
                "Let the application's role write: GRANT " + (deletes ? "SELECT, INSERT, DELETE" : "INSERT") + " ON "
                        + table.qualifiedName() + ", and USAGE on its schema.";
            case "22001" ->
                "A column is shorter than in OutboxTable.ddl(): widen it to varchar(255), or choose a shorter aggregate"
                        + " type, aggregate id or event type.";
            case "23505" ->
                "An id that was given to an event explicitly is in the table already: each event needs its own.";
            case "23502" ->
                "A column of the table is NOT NULL, and this outbox doesn't fill it: give it a default, or drop it.";
            case "23514" ->
                "A CHECK of the table refuses the row, or no partition is there for it: change the constraint, or create"
                        + " the partition.";
            case "22P02", "22P05", "54000" ->
                "The payload is no " + payloadType.sqlName() + " that PostgreSQL accepts (jsonb and text can't"
                        + " hold U+0000, jsonb no string of 256 MB): change the event or its serializer, or choose another"
                        + " payload type.";
            case "25006" ->
                "An event is a row, so its transaction must write: publish in a transaction that is not read-only (of"
                        + " Spring, @Transactional without readOnly = true), and on the primary, not on a standby.";
            case "25P02" ->
                "An earlier statement of this transaction has failed, and its exception was caught: roll back there, or"
                        + " look for that statement; the outbox is not the cause.";
            case "40001", "40P01" -> "Nothing is wrong with the event: roll back, and run the whole transaction again.";
            case "55P03" ->
                "Another transaction holds a lock on the table, such as an ALTER TABLE, for longer than lock_timeout: run"
                        + " the whole transaction again, and change the table when it is quiet.";
            case "57014" ->
                "The statement was cancelled, by statement_timeout or by hand. It waits for a lock on the table (an ALTER"
                        + " TABLE, another transaction with the same explicit id) or for the disk: see pg_stat_activity"
                        + " while it does.";
            case "53100" ->
                "The server's disk is full, or its quota: make room there. If pg_wal fills it, a replication slot holds"
                        + " it back: see pg_replication_slots, and whether the relay runs.";
            case "55000" ->
                "If the table has no replica identity: a publication that has its DELETEs wants one. Give the table its"
                        + " primary key, or publish INSERTs only: ALTER PUBLICATION ... SET (publish = 'insert').";
            case "08000", "08001", "08003", "08006", "57P01", "57P02", "57P03" ->
                "The connection is lost, and the transaction with it: run the whole transaction again once the server is"
                        + " back.";
            default -> "The cause is the server's own message, without the row's values.";
        };
    }
}
