package dev.outbox.jpa;

import java.sql.Connection;
import java.util.function.Consumer;

/** An active transaction that tells of its end, so that events can be collected until then. */
interface CollectingTransaction {

    /** Whether what asks for {@link #onCompletion} only now might ask too late. */
    boolean maybeTooLate();

    /**
     * Has this transaction, and none after it, call the completion.
     *
     * @return takes it back
     */
    Runnable onCompletion(Completion completion);

    /** Has it done now, on the transaction's connection. */
    void work(Consumer<Connection> work);
}
