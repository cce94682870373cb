package dev.outbox.jpa;

import dev.outbox.OutboxException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.Function;
import javax.sql.DataSource;

/** The {@link Inbox} of consumers on plain JDBC. Needs the JDK alone: neither Jakarta Persistence nor Hibernate. */
public final class JdbcInbox {

    private static final int EXPIRE_LIMIT = 5000;

    private JdbcInbox() {}

    /** As below, with {@link InboxTable#DEFAULT}. */
    public static Inbox on(Connection connection) {
        return on(connection, InboxTable.DEFAULT);
    }

    /**
     * The inbox in the transactions of this connection, which the caller commits and rolls back. Cheap; may be kept as
     * long as the connection.
     *
     * @param connection with autocommit off, or every call is refused
     */
    public static Inbox on(Connection connection, InboxTable table) {
        return new TransactionalInbox(new JdbcTransaction(connection), table);
    }

    /**
     * Forgets all events of that age, in transactions of its own, of a few thousand events each. Several may do it at
     * once. For a job that runs now and then; see {@link Inbox#expire} for what a good age is.
     *
     * @return how many were forgotten
     * @throws OutboxException if the database can't be reached or the table can't be written
     */
    public static long expire(DataSource dataSource, InboxTable table, Duration age) {
        try (Connection connection = dataSource.getConnection()) {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            long expired;
            try {
                expired = expire(connection, table, age);
            } catch (OutboxException | SQLException e) {
                rollBack(connection, e);
                throw e;
            }
            connection.setAutoCommit(autoCommit);
            return expired;
        } catch (SQLException e) {
            throw InboxFailure.explain(table, "Expiring events older than " + age, e);
        }
    }

    private static long expire(Connection connection, InboxTable table, Duration age) throws SQLException {
        Inbox inbox = on(connection, table);
        long all = 0;
        int expired;
        do {
            expired = inbox.expire(age, EXPIRE_LIMIT);
            connection.commit();
            all += expired;
        } while (expired == EXPIRE_LIMIT);
        return all;
    }

    private static void rollBack(Connection connection, Exception cause) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            cause.addSuppressed(e);
        }
    }

    private record JdbcTransaction(Connection connection) implements InboxTransaction {

        @Override
        public <T> T call(Function<Connection, T> work) {
            try {
                if (connection.getAutoCommit()) {
                    throw new OutboxException(
                            "The connection is in autocommit mode, so the inbox would remember an event"
                                    + " before it is processed. Call setAutoCommit(false), and commit when the events are"
                                    + " processed.");
                }
            } catch (SQLException e) {
                throw new OutboxException(
                        "The connection of this inbox can't be used: " + e.getMessage() + ". Give it an open one.", e);
            }
            return work.apply(connection);
        }
    }
}
