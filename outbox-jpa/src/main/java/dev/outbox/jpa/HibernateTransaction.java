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

/** The active transaction of a Hibernate session. RATIONALE.md says which parts of Hibernate it stands on. */
final class HibernateTransaction implements ActiveTransaction, CollectingTransaction {

    private final SessionImplementor session;
    private final TransactionCoordinator coordinator;
    private final boolean shared;

    private HibernateTransaction(SessionImplementor found) {
        JdbcSessionOwner owner = found.getJdbcCoordinator().getJdbcSessionOwner();
        this.session = owner instanceof SessionImplementor parent ? parent : found;
        this.coordinator = found.getTransactionCoordinator();
        this.shared = owner != found;
    }

    /** Nothing but an answer, or a {@link NoClassDefFoundError} where Hibernate is not on the classpath. */
    static boolean canLink() {
        return SessionImplementor.class.isInterface();
    }

    /**
     * The transaction, or null if the EntityManager is not Hibernate's.
     *
     * @throws OutboxException if there is none, or the EntityManager is closed
     */
    static @Nullable HibernateTransaction ifActiveOn(EntityManager entityManager) {
        SessionImplementor session = session(entityManager);
        return session == null ? null : activeOn(session);
    }

    /**
     * Does work on the EntityManager's connection, whether a transaction is active or not.
     *
     * @return whether it did: not on an EntityManager that is not Hibernate's
     */
    static boolean onConnectionOf(EntityManager entityManager, Consumer<Connection> work) {
        SessionImplementor session = session(entityManager);
        if (session != null) {
            session.doWork(work::accept);
        }
        return session != null;
    }

    private static @Nullable SessionImplementor session(EntityManager entityManager) {
        try {
            // Not Session: a proxy may implement that itself, and then hands out itself.
            return entityManager.unwrap(SessionImplementor.class);
        } catch (IllegalStateException e) {
            // A closed EntityManager, or a shared proxy that has none outside a transaction.
            throw ProviderFailure.noTransaction(e);
        } catch (PersistenceException | IllegalArgumentException e) {
            return null;
        }
    }

    /** @throws OutboxException if there is none */
    static HibernateTransaction activeOn(SessionImplementor session) {
        HibernateTransaction transaction = new HibernateTransaction(session);
        // Joins a JTA transaction that the session has not met yet.
        transaction.coordinator.pulse();
        if (!transaction.coordinator.isTransactionActive()) {
            throw ProviderFailure.noTransaction(null);
        }
        return transaction;
    }

    @Override
    public void add(OutboxInsert insert, PendingRow row) {
        PendingEvents.of(session).add(this, insert, row);
    }

    @Override
    public void flush() {
        PendingEvents pending = PendingEvents.of(session);
        if (!pending.isEmpty()) {
            session.flush();
            pending.flush(this);
        }
    }

    /** From a child session, which at a commit flushes, and may publish, after everything else, or after Outbox's own turn. */
    @Override
    public boolean maybeTooLate() {
        return shared || UnitOfWork.completing(session);
    }

    @Override
    public Runnable onCompletion(Completion completion) {
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

    @Override
    public void work(Consumer<Connection> work) {
        session.doWork(work::accept);
    }

    @Override
    public <T> T call(Function<Connection, T> work) {
        return session.doReturningWork(work::apply);
    }

    @Override
    public @Nullable Object identifierOf(Object entity) {
        return session.getFactory().getPersistenceUnitUtil().getIdentifier(entity);
    }
}
