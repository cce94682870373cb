package dev.outbox.samples.writer;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jspecify.annotations.Nullable;

/** Reads SQLSTATEs (PostgreSQL manual, appendix A). */
final class SqlErrors {

    private SqlErrors() {}

    /** Whether the server answered and said no; then the transaction is certainly rolled back. */
    static boolean isRefusal(Throwable e) {
        SQLException sql = sqlException(e);
        return sql != null && sql.getSQLState() != null && !isConnectionLost(sql);
    }

    /** Whether the server went away, or never was there. */
    static boolean isConnectionLost(Throwable e) {
        SQLException sql = sqlException(e);
        if (sql == null) {
            return false;
        }
        String state = sql.getSQLState();
        return sql instanceof SQLTransientConnectionException
                || (state != null && (state.startsWith("08") || state.startsWith("57P")));
    }

    /** Whether two transactions were in each other's way (class 40, transaction rollback). */
    static boolean isConflict(Throwable e) {
        SQLException sql = sqlException(e);
        return sql != null && sql.getSQLState() != null && sql.getSQLState().startsWith("40");
    }

    static String firstLine(Throwable e) {
        SQLException sql = sqlException(e);
        String message = (sql == null ? e : sql).getMessage();
        return message == null
                ? e.getClass().getSimpleName()
                : message.lines().findFirst().orElse("");
    }

    private static @Nullable SQLException sqlException(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
