package dev.outbox.relay.faults;

import dev.outbox.OutboxTable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes transactions over one connection and knows what became of each, whatever happens to the server. Each leaves a row
 * in a table of its own beside its events: where a commit was not answered, that row tells. For one thread at a time.
 */
final class Writer implements AutoCloseable {

    static final String LEDGER_DDL = "CREATE TABLE written (transaction uuid PRIMARY KEY)";

    private static final String LEDGER = "INSERT INTO written VALUES (?)";
    private static final String OUTBOX =
            "INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at)"
                    + " VALUES (?, ?, ?, ?, ?::json, ?::json, now())";
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final String UNIQUE_VIOLATION = "23505";

    private final Callable<Connection> database;
    private final BooleanSupplier givenUp;
    private final List<Transaction> written = new ArrayList<>();
    private @Nullable Connection connection;

    /** @param givenUp whether not to go on trying to reach the server */
    Writer(Callable<Connection> database, BooleanSupplier givenUp) {
        this.database = database;
        this.givenUp = givenUp;
    }

    /** Writes and commits, or rolls back if asked to or made to by an error. */
    Transaction write(List<Event> events, boolean rollBack) {
        return write(events, rollBack, () -> {});
    }

    /** The same, with something done in between. */
    Transaction write(List<Event> events, boolean rollBack, Runnable beforeTheEnd) {
        UUID id = UUID.randomUUID();
        boolean committed;
        try {
            Connection open = connect();
            insert(open, id, events);
            beforeTheEnd.run();
            if (rollBack) {
                open.rollback();
                committed = false;
            } else {
                committed = commit(open, id);
            }
        } catch (SQLException e) {
            // Before the commit: whatever has happened, this transaction was not committed.
            disconnect();
            Threads.last(PAUSE);
            committed = false;
        }
        Transaction transaction = new Transaction(id, events, committed);
        synchronized (written) {
            written.add(transaction);
        }
        return transaction;
    }

    private static void insert(Connection open, UUID id, List<Event> events) throws SQLException {
        try (PreparedStatement ledger = open.prepareStatement(LEDGER);
                PreparedStatement outbox = open.prepareStatement(OUTBOX)) {
            ledger.setObject(1, id);
            ledger.executeUpdate();
            for (Event event : events) {
                outbox.setObject(1, event.id());
                outbox.setString(2, event.aggregateType());
                outbox.setString(3, event.aggregateId());
                outbox.setString(4, event.type());
                outbox.setString(5, event.payload());
                outbox.setString(6, event.headers());
                outbox.addBatch();
            }
            outbox.executeBatch();
        }
    }

    private boolean commit(Connection open, UUID id) {
        try {
            open.commit();
            return true;
        } catch (SQLException e) {
            disconnect();
            return isThere(id);
        }
    }

    /** Tries to write the same row: that waits for whoever is still about to, and fails if it is there. */
    private boolean isThere(UUID id) {
        while (true) {
            try {
                Connection open = connect();
                try (PreparedStatement ledger = open.prepareStatement(LEDGER)) {
                    ledger.setObject(1, id);
                    ledger.executeUpdate();
                }
                open.rollback();
                return false;
            } catch (SQLException e) {
                disconnect();
                if (UNIQUE_VIOLATION.equals(e.getSQLState())) {
                    return true;
                }
                Threads.last(PAUSE);
            }
        }
    }

    /** Tries until the server is there. */
    private Connection connect() throws SQLException {
        while (connection == null) {
            try {
                Connection opened = database.call();
                opened.setAutoCommit(false);
                connection = opened;
            } catch (Exception e) {
                if (givenUp.getAsBoolean()) {
                    throw new IllegalStateException("The server can't be reached: " + e.getMessage(), e);
                }
                Threads.last(PAUSE);
            }
        }
        return connection;
    }

    private void disconnect() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                // It was broken already.
            }
        }
    }

    /** What was written so far; per aggregate in the order of the commits. */
    List<Transaction> written() {
        synchronized (written) {
            return List.copyOf(written);
        }
    }

    static String outboxDdl() {
        return OutboxTable.ddl();
    }

    @Override
    public void close() {
        disconnect();
    }
}
