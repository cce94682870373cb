package dev.outbox.relay.replication;

import dev.outbox.relay.check.Finding;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.GT;

/** Turns SQLSTATEs into sentences to act on. Source: PostgreSQL's "Error Codes" appendix. */
final class SqlErrors {

    static final String INSUFFICIENT_PRIVILEGE = "42501";
    static final String DUPLICATE_OBJECT = "42710";
    static final String QUERY_CANCELED = "57014";
    static final String CANNOT_CONNECT_NOW = "57P03";

    private static final String INVALID_PASSWORD = "28P01";
    private static final String INVALID_AUTHORIZATION = "28000";
    private static final String UNKNOWN_DATABASE = "3D000";
    private static final String TOO_MANY_CONNECTIONS = "53300";
    private static final String CONNECTION_REJECTED = "08004";
    private static final String OBJECT_IN_USE = "55006";
    private static final String WRONG_STATE = "55000";
    private static final String UNKNOWN_OBJECT = "42704";

    /** The driver's words for a certificate of another name, which have no SQLSTATE of their own, in its language. */
    private static final Pattern OTHER_NAME = Pattern.compile("\\Q"
            + GT.tr("The hostname {0} could not be verified by hostnameverifier {1}.", "\\E(.+)\\Q", "\\E.+\\Q")
            + "\\E");

    private SqlErrors() {}

    static ReplicationException onConnect(Source source, boolean forReplication, SQLException e) {
        Refusal refusal = refusal(source, forReplication, e);
        return ReplicationException.refused(
                "Can't connect to " + source.address() + ": " + refusal.found() + ". " + refusal.mend(),
                refusal.retriable(),
                Finding.error(
                        forReplication ? "replication connection" : "connection",
                        "to connect to " + source.address() + " as " + source.role(),
                        refusal.found(),
                        refusal.mend()),
                e);
    }

    private record Refusal(String found, String mend, boolean retriable) {}

    private static Refusal refusal(Source source, boolean forReplication, SQLException e) {
        String role = "role '" + source.role() + "'";
        String quoted = Sql.identifier(source.role());
        return switch (state(e)) {
            case INVALID_PASSWORD ->
                new Refusal(
                        "the server refused the password of " + role
                                + ", which it also says of a role that doesn't exist",
                        "Check username and password; these are the roles that may log in: SELECT rolname FROM pg_roles"
                                + " WHERE rolcanlogin;",
                        false);
            case INVALID_AUTHORIZATION ->
                new Refusal(
                        "the server does not let " + role + " in (" + message(e) + ")",
                        "Check that the role exists with LOGIN and REPLICATION, and pg_hba.conf.",
                        false);
            case UNKNOWN_DATABASE ->
                new Refusal("the server has no such database", "Check the URL's last part.", false);
            case INSUFFICIENT_PRIVILEGE ->
                new Refusal(
                        role + " may not (" + message(e) + ")",
                        forReplication
                                ? "Run ALTER ROLE " + quoted + " REPLICATION;"
                                : "Run GRANT CONNECT ON DATABASE " + Sql.identifier(source.database()) + " TO " + quoted
                                        + ";",
                        false);
            case TOO_MANY_CONNECTIONS ->
                new Refusal(
                        "the server has no connection left (" + message(e) + ")",
                        "Raise max_wal_senders, max_connections or the role's CONNECTION LIMIT, or close others.",
                        true);
            case CANNOT_CONNECT_NOW ->
                new Refusal("the server is starting or stopping (" + message(e) + ")", "Try again.", true);
            case CONNECTION_REJECTED ->
                new Refusal(
                        "it could not be agreed how (" + message(e) + ")",
                        "Check password, and sslmode under connection.",
                        true);
            default ->
                missingFile(e)
                        .or(() -> certificateRefusal(source, e))
                        .orElseGet(() -> new Refusal(
                                "no PostgreSQL server that answers (" + message(e) + ")",
                                "Check host, port and that the server runs.",
                                true));
        };
    }

    /** Of those that are named under connection; one that is mounted later is found then. */
    private static Optional<Refusal> missingFile(SQLException e) {
        return isCausedBy(e, FileNotFoundException.class) || isCausedBy(e, NoSuchFileException.class)
                ? Optional.of(new Refusal(
                        "a file that can't be read (" + message(e) + ")",
                        "Check the paths under connection, and that the relay's user may read the file.",
                        true))
                : Optional.empty();
    }

    /** Refused by this side, as sslmode says; the next certificate of the server may be a good one. */
    private static Optional<Refusal> certificateRefusal(Source source, SQLException e) {
        Matcher otherName = OTHER_NAME.matcher(Objects.requireNonNullElse(e.getMessage(), ""));
        if (otherName.find()) {
            return Optional.of(new Refusal(
                    certificateRefused(otherName.group(1), e),
                    "Name the host in the URL as the certificate does, or give the server one for this name.",
                    true));
        }
        if (isOfCertificate(e)) {
            return Optional.of(new Refusal(
                    certificateRefused(source.host(), e),
                    "Set sslrootcert under connection to the certificate of the authority that issued it; if it has"
                            + " expired, give the server a new one.",
                    true));
        }
        return Optional.empty();
    }

    private static String certificateRefused(String host, SQLException e) {
        return "the server's certificate was refused for the host '" + host + "' (" + message(e) + ")";
    }

    /** Only in the handshake it is the server's; the relay's own is read before. */
    private static boolean isOfCertificate(SQLException e) {
        boolean handshake = false;
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (handshake && cause instanceof CertificateException) {
                return true;
            }
            handshake |= cause instanceof SSLException;
        }
        return false;
    }

    static ReplicationException onQuery(Source source, String what, SQLException e) {
        return failed("Can't " + what + " on " + source.address() + ": " + message(e) + ".", isLoss(e), e);
    }

    /** Whether the slot is held by another connection. */
    static boolean isHeld(SQLException e) {
        return state(e).equals(OBJECT_IN_USE);
    }

    static ReplicationException onStart(Source source, SQLException e) {
        return onStart(source, e, Optional.empty());
    }

    /** @param holder who holds the slot, where that is known */
    static ReplicationException onStart(Source source, SQLException e, Optional<Backend> holder) {
        String where = "slot '" + source.slot() + "' on " + source.address();
        return switch (state(e)) {
            case OBJECT_IN_USE ->
                ReplicationException.slotHeld(
                        "The " + where + " is held by another connection (" + message(e) + "). Two relays can't stream"
                                + " from one slot; this one can when the other has gone.",
                        holder,
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
            default -> failed("Can't stream from " + where + ": " + message(e) + ".", isLoss(e), e);
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

    /** Of the connection or the server. Closing a connection that is gone fails without a SQLSTATE. */
    static boolean isLoss(SQLException e) {
        String state = state(e);
        return state.startsWith("08") || state.startsWith("57") || isCausedBy(e, IOException.class);
    }

    private static boolean isCausedBy(SQLException e, Class<? extends Throwable> type) {
        for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
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
