package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.resource.jdbc.spi.JdbcSessionOwner;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.jspecify.annotations.Nullable;

/** The active transaction of a Hibernate session. The only class that knows Hibernate; RATIONALE.md says which parts. */
final class HibernateTransaction {

    private final SessionImplementor session;
    private final TransactionCoordinator coordinator;
    private final boolean shared;

    private HibernateTransaction(SessionImplementor found) {
        JdbcSessionOwner owner = found.getJdbcCoordinator().getJdbcSessionOwner();
        this.session = owner instanceof SessionImplementor parent ? parent : found;
        this.coordinator = found.getTransactionCoordinator();
        this.shared = owner != found;
    }

    /** @throws OutboxException if there is none, or the EntityManager is closed or not Hibernate's */
    static HibernateTransaction activeOn(EntityManager entityManager) {
        HibernateTransaction transaction = new HibernateTransaction(session(entityManager));
        // Joins a JTA transaction that the session has not met yet.
        transaction.coordinator.pulse();
        if (!transaction.coordinator.isTransactionActive()) {
            throw noTransaction(null);
        }
        return transaction;
    }

    private static SessionImplementor session(EntityManager entityManager) {
        try {
            // Not Session: a proxy may implement that itself, and then hands out itself.
            return entityManager.unwrap(SessionImplementor.class);
        } catch (IllegalStateException e) {
            // A closed EntityManager, or a shared proxy that has none outside a transaction.
            throw noTransaction(e);
        } catch (PersistenceException | IllegalArgumentException e) {
            throw new OutboxException(
                    "JpaOutbox needs an EntityManager of Hibernate ORM 7; found "
                            + entityManager.getClass().getName() + ", which can't unwrap to a Hibernate session.",
                    e);
        }
    }

    private static OutboxException noTransaction(@Nullable Exception cause) {
        String found = cause == null ? "" : " (" + cause.getMessage() + ")";
        return new OutboxException(
                "No transaction is active on this EntityManager" + found
                        + ", and an event is published in one or not at"
                        + " all. Publish inside the transaction of the change: between begin() and commit(), or in a"
                        + " @Transactional method.",
                cause);
    }

    /** The session that owns the transaction, also where the application has a proxy or a child session of it. */
    EntityManager entityManager() {
        return session;
    }

    /** Whether it was asked for by a child session, which at a commit flushes, and may publish, after everything else. */
    boolean shared() {
        return shared;
    }

    /**
     * Has this transaction, and none after it, call the completion.
     *
     * @return takes it back
     */
    Runnable onCompletion(Completion completion) {
        TransactionObserver observer = new TransactionObserver() {

            /**
             * A next transaction on the session: of this one nobody told the end, as when another's synchronization
             * fails first. What was committed was written, so what is left was rolled back.
             */
            @Override
            public void afterBegin() {
                coordinator.removeObserver(this);
                completion.completed(false);
            }

            @Override
            public void beforeCompletion() {
                // Under JTA this is called for a transaction whose flush has failed, too.
                if (coordinator.getTransactionDriverControl().getStatus() != TransactionStatus.MARKED_ROLLBACK) {
                    work(completion::write);
                }
            }

            @Override
            public void afterCompletion(boolean successful, boolean delayed) {
                coordinator.removeObserver(this);
                completion.completed(successful);
            }
        };
        coordinator.addObserver(observer);
        return () -> coordinator.removeObserver(observer);
    }

    /** Has it done now, on the transaction's connection. */
    void work(Consumer<Connection> work) {
        session.doWork(work::accept);
    }

    /** Does work on the transaction's connection now, without a flush. */
    <T> T call(Function<Connection, T> work) {
        return session.doReturningWork(work::apply);
    }

    /** The identifier of an entity or of a proxy, which is not loaded for it; null where it has none yet. */
    @Nullable Object identifierOf(Object entity) {
        return session.getFactory().getPersistenceUnitUtil().getIdentifier(entity);
    }
}
