package dev.outbox.jpa;

import java.sql.Connection;

/** What waits for the end of a transaction. Called on the thread that completes it. */
interface Completion {

    /**
     * The last thing before the commit; never called for a transaction that can only roll back. What it throws rolls
     * back.
     *
     * @param connection the transaction's own, not to be closed
     */
    void write(Connection connection);

    /** Called once when the transaction is over, also where {@link #write} was not. */
    void completed(boolean committed);
}
