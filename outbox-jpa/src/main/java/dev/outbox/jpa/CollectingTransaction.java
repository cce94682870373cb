package dev.outbox.jpa;

import java.sql.Connection;
import java.util.function.Consumer;

/** An active transaction that lets events wait for its commit. */
interface CollectingTransaction {

    /** Whether it was asked for by a child session, which at a commit flushes, and may publish, after everything else. */
    boolean shared();

    /** Has this transaction, and none after it, call the completion. */
    void onCompletion(Completion completion);

    /** Has it done now, on the transaction's connection. */
    void work(Consumer<Connection> work);
}
