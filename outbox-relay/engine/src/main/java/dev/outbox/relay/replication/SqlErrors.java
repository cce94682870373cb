package dev.outbox.relay.replication;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.SQLException;
import java.util.Objects;

/** Turns SQLSTATEs into sentences to act on. Source: PostgreSQL's "Error Codes" appendix. */
final class SqlErrors {

    static final String INSUFFICIENT_PRIVILEGE = "42501";
    static final String DUPLICATE_OBJECT = "42710";
    static final String QUERY_CANCELED = "57014";

    private static final String INVALID_PASSWORD = "28P01";
    private static final String INVALID_AUTHORIZATION = "28000";
    private static final String UNKNOWN_DATABASE = "3D000";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String CANNOT_CONNECT_NOW = "57P03";
    private static final String OBJECT_IN_USE = "55006";
    private static final String WRONG_STATE = "55000";
    private static final String UNKNOWN_OBJECT = "42704";

    private SqlErrors() {}

    static ReplicationException onConnect(Source source, SQLException e) {
        String role = source.username() == null ? "the role" : "role '" + source.username() + "'";
        String found = "Can't connect to " + source.address() + ": ";
        return switch (state(e)) {
            case INVALID_PASSWORD ->
                failed(
                        found + "the server refused the password of " + role + ". Check username and password.",
                        false,
                        e);
            case INVALID_AUTHORIZATION ->
                failed(
                        found + "the server does not let " + role + " in (" + message(e)
                                + "). Check that the role exists with LOGIN and REPLICATION, and pg_hba.conf.",
                        false,
                        e);
            case UNKNOWN_DATABASE ->
                failed(found + "the server has no such database. Check the URL's last part.", false, e);
            case INSUFFICIENT_PRIVILEGE ->
                failed(
                        found + role + " may not (" + message(e) + "). For replication: ALTER ROLE ... REPLICATION;"
                                + " for the database: GRANT CONNECT ON DATABASE ... TO ....",
                        false,
                        e);
            case TOO_MANY_CONNECTIONS ->
                failed(
                        found + "the server has no connection left (" + message(e)
                                + "). Raise max_wal_senders or max_connections, or close others.",
                        true,
                        e);
            case CANNOT_CONNECT_NOW ->
                failed(found + "the server is starting or stopping (" + message(e) + ").", true, e);
            default ->
                failed(
                        found + "expected a PostgreSQL server there, found: " + message(e)
                                + ". Check host, port and that the server runs.",
                        true,
                        e);
        };
    }

    static ReplicationException onQuery(Source source, String what, SQLException e) {
        boolean lost = state(e).startsWith("08") || state(e).startsWith("57");
        return failed("Can't " + what + " on " + source.address() + ": " + message(e) + ".", lost, e);
    }

    static ReplicationException onStart(Source source, SQLException e) {
        String where = "slot '" + source.slot() + "' on " + source.address();
        return switch (state(e)) {
            case OBJECT_IN_USE ->
                ReplicationException.slotHeld(
                        "The " + where + " is held by another connection (" + message(e) + "). Two relays can't stream"
                                + " from one slot; this one can when the other has gone.",
                        e);
            case WRONG_STATE ->
                ReplicationException.gap(
                        "The " + where + " can no longer be streamed from (" + message(e) + "): the server has dropped"
                                + " WAL that it needs.",
                        LogSequenceNumber.INVALID,
                        e);
            case UNKNOWN_OBJECT ->
                ReplicationException.gap(
                        "The " + where + " is gone (" + message(e) + ").", LogSequenceNumber.INVALID, e);
            default -> failed("Can't stream from " + where + ": " + message(e) + ".", state(e).startsWith("08"), e);
        };
    }

    static ReplicationException onStream(Source source, SQLException e) {
        if (state(e).equals(UNKNOWN_OBJECT)) {
            return ReplicationException.gap(
                    "Expected all events of the slot '" + source.slot() + "' on " + source.address()
                            + ", found that the"
                            + " server can't send what committed while there was no publication (" + message(e)
                            + "): it was dropped or renamed, or the slot is older. A slot that is older gets past that"
                            + " place by SELECT pg_replication_slot_advance('" + source.slot()
                            + "', pg_current_wal_lsn()).",
                    LogSequenceNumber.INVALID,
                    e);
        }
        return failed(
                "Lost the replication connection to " + source.address() + " (slot '" + source.slot() + "'): "
                        + message(e) + ". What was not confirmed comes again after a reconnect.",
                true,
                e);
    }

    static String state(SQLException e) {
        return Objects.requireNonNullElse(e.getSQLState(), "");
    }

    /** The server's words in one line, without its prefix and without a full stop. */
    static String message(SQLException e) {
        String text = Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())
                .replaceAll("\\s+", " ")
                .strip();
        return text.replaceFirst("^(FATAL|ERROR): ", "").replaceFirst("\\.$", "");
    }

    private static ReplicationException failed(String message, boolean retriable, SQLException cause) {
        return new ReplicationException(message, retriable, cause);
    }
}
