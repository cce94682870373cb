package dev.outbox.jpa;

import java.sql.Connection;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The active transaction of an EntityManager. Asked for anew at each call, and not kept. */
interface ActiveTransaction {

    /** Has the row written with this transaction: right before its commit, or at once where nothing can be told of that. */
    void add(OutboxInsert insert, PendingRow row);

    /** Writes now what waits for the commit, behind the changes so far. */
    void flush();

    /** Does work on the transaction's connection now, without a flush. */
    <T> T call(Function<Connection, T> work);

    /** The identifier of an entity or of a proxy, which is not loaded for it; null where it has none yet. */
    @Nullable Object identifierOf(Object entity);
}
