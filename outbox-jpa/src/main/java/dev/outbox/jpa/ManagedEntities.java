package dev.outbox.jpa;

import dev.outbox.RecordedEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a unit of work asks of the session that it belongs to. */
interface ManagedEntities {

    /** A transaction has begun, or has been joined, on this thread. */
    void begun();

    /** The transaction has ended; also told where none had begun. */
    void ended();

    /** Whether its transaction still runs. */
    boolean inTransaction();

    /** Whether the instance is in the persistence context, also if it is scheduled for removal. */
    boolean contains(Object entity);

    /** Those of the instances that are in the persistence context or are proxies of it, for a transaction that has only now come to know its thread. */
    List<Object> ownOf(List<Object> instances);

    /** Forgets events of the transaction before, whose end nobody may have told. To be called before any is added. */
    void forgetPending();

    /** Whether the session's entities include its class. */
    boolean maps(Object entity);

    /** The entity behind a proxy, loaded if need be; anything else is itself. */
    Object unproxied(Object entity);

    /** Flushes as at a commit, with everything that comes before one, in a session that flushes by itself. */
    void flushOnceMore();

    /** Writes what is pending now, where the transaction may not ask for it any more. */
    void write();

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
