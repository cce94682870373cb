package dev.outbox.samples.writer;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The writer's own account of what it committed, kept without Outbox, so that Outbox can be checked against it.
 *
 * <p>An entry is written in the business transaction and shares its fate: what the ledger holds is committed, what it
 * doesn't hold is not. Every method works on the caller's connection and neither commits nor closes it; all may be
 * called by any number of threads, each with a connection of its own.
 */
public interface Ledger {

    /** Writes entries, in the transaction of the connection. */
    void write(Connection connection, List<LedgerEntry> entries) throws SQLException;

    /**
     * Tells which of the events were committed, after waiting for every transaction that is still writing to the ledger:
     * the answer is final. The connection must not be in autocommit mode.
     */
    Set<UUID> committedAmong(Connection connection, Collection<UUID> eventIds) throws SQLException;

    /**
     * Reads everything that is committed, by person, each person's events in commit order. Entries are fetched as they
     * are consumed if the connection is not in autocommit mode.
     */
    void forEach(Connection connection, Consumer<LedgerEntry> consumer) throws SQLException;

    /** The ledger in the table {@code ledger}, written by plain SQL. */
    static Ledger inTable() {
        return new LedgerTable();
    }
}
