package dev.outbox.jpa;

import dev.outbox.RecordedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a unit of work asks of the session that it belongs to. */
interface ManagedEntities {

    /** Whether the instance is in the persistence context, also if it is scheduled for removal. */
    boolean contains(Object entity);

    /** Those of the instances that are in the persistence context or are proxies of it, as a transaction begins. */
    List<Object> ownOf(List<Object> instances);

    /** Whether the session's entities include its class. */
    boolean maps(Object entity);

    /** The entity behind a proxy, loaded if need be; anything else is itself. */
    Object unproxied(Object entity);

    /** Flushes as at a commit, with everything that comes before one, in a session that flushes by itself. */
    void flushOnceMore();

    /**
     * Makes it a pending event of the transaction, if an outbox harvests this session; else it stays without one.
     *
     * @throws dev.outbox.OutboxException if it can't be serialized
     */
    Recording pending(Object aggregate, RecordedEvent event);

    /** Whether it is this session, or one that shares its transaction. */
    boolean isIn(Object session);

    /** Whether its transaction is suspended on this thread: under JTA, where one that requires a new one runs. */
    boolean suspended();

    /** Why events of its entities can't be written at all, or null. */
    @Nullable String unable();
}
