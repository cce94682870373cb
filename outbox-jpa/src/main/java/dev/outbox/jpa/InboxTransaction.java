package dev.outbox.jpa;

import dev.outbox.OutboxException;
import java.sql.Connection;
import java.util.function.Function;

/** The transaction that a consumer is in. */
interface InboxTransaction {

    /**
     * Does the work on the transaction's connection, now.
     *
     * @throws OutboxException if there is none
     */
    <T> T call(Function<Connection, T> work);
}
