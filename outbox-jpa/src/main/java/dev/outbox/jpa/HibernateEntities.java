package dev.outbox.jpa;

import dev.outbox.RecordedEvent;
import jakarta.transaction.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.FlushMode;
import org.hibernate.Hibernate;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;

/** A session's persistence context, as far as there is one. */
final class HibernateEntities implements ManagedEntities {

    private final SharedSessionContractImplementor session;
    private final Map<SessionFactoryImplementor, EventIntake> intakes;
    private final Supplier<@Nullable Transaction> currentJtaTransaction;
    private final List<Recording> unattached = new ArrayList<>(0);
    private @Nullable Transaction joined;

    HibernateEntities(
            SharedSessionContractImplementor session,
            Map<SessionFactoryImplementor, EventIntake> intakes,
            Supplier<@Nullable Transaction> currentJtaTransaction) {
        this.session = session;
        this.intakes = intakes;
        this.currentJtaTransaction = currentJtaTransaction;
    }

    /** Those of a session that shares the transaction. */
    HibernateEntities of(SharedSessionContractImplementor sharing) {
        return sharing == session ? this : new HibernateEntities(sharing, intakes, currentJtaTransaction);
    }

    @Override
    public void begun() {
        joined = currentJtaTransaction.get();
    }

    @Override
    public void ended() {
        unattached.clear();
        joined = null;
    }

    @Override
    public boolean inTransaction() {
        // Under JTA a session joins while it is being made, and has nothing of its own yet.
        return session.getTransactionCoordinator() == null || session.isTransactionInProgress();
    }

    @Override
    public boolean isIn(Object other) {
        return session == other
                || (other instanceof SharedSessionContractImplementor sharing
                        && session.getTransactionCoordinator() == sharing.getTransactionCoordinator());
    }

    @Override
    public boolean contains(Object entity) {
        return session instanceof SessionImplementor
                && session.getPersistenceContextInternal().getEntry(entity) != null;
    }

    private boolean isProxyOfMine(Object instance) {
        return instance instanceof HibernateProxy proxy
                && proxy.getHibernateLazyInitializer().getSession() == session;
    }

    /** Of entities and proxies, as that of most sessions is when a transaction begins. */
    private static boolean isEmpty(@Nullable PersistenceContext context) {
        if (context == null) {
            return true;
        }
        Map<?, ?> holders = context.getEntityHoldersByKey();
        // Null until there is one.
        return holders == null || holders.isEmpty();
    }

    @Override
    public List<Object> ownOf(List<Object> instances) {
        if (!(session instanceof SessionImplementor stateful) || isEmpty(stateful.getPersistenceContextInternal())) {
            return List.of();
        }
        return instances.stream()
                .filter(instance -> contains(instance) || isProxyOfMine(instance))
                .toList();
    }

    @Override
    public void forgetPending() {
        if (session instanceof SessionImplementor stateful) {
            PendingEvents.of(stateful).begun();
        }
    }

    @Override
    public boolean maps(Object entity) {
        return session.getFactory().getMappingMetamodel().findEntityDescriptor(entity.getClass()) != null;
    }

    @Override
    public Object unproxied(Object entity) {
        return entity instanceof HibernateProxy ? Hibernate.unproxy(entity) : entity;
    }

    private @Nullable Object identifierOf(Object entity) {
        return session.getFactory().getPersistenceUnitUtil().getIdentifier(entity);
    }

    @Override
    public void flushOnceMore() {
        if (session instanceof SessionImplementor stateful && stateful.getHibernateFlushMode() != FlushMode.MANUAL) {
            // Not flush(): what a flush hands to the callbacks before completion would be called by no one.
            stateful.beforeTransactionCompletion();
        }
    }

    @Override
    public void write() {
        if (session instanceof SessionImplementor stateful) {
            PendingEvents.of(stateful).flush(HibernateTransaction.activeOn(stateful));
        }
    }

    @Override
    public Recording pending(Object aggregate, RecordedEvent event) {
        EventIntake intake = intakes.get(session.getFactory());
        if (intake == null || !(session instanceof SessionImplementor stateful)) {
            return new Recording(aggregate, event, this::identifierOf, null);
        }
        Recording recording = new Recording(aggregate, event, this::identifierOf, intake);
        try {
            HibernateTransaction.activeOn(stateful).add(intake.insert(), recording);
        } catch (IllegalStateException e) {
            // In a life-cycle callback a session of Hibernate 8 refuses to be called.
            unattached.add(recording);
        }
        return recording;
    }

    /** After a flush, which is in no callback, and without which no event is written. */
    void attachAll() {
        EventIntake intake = intakes.get(session.getFactory());
        if (intake != null && session instanceof SessionImplementor stateful) {
            for (Recording recording : unattached) {
                HibernateTransaction.activeOn(stateful).add(intake.insert(), recording);
            }
            unattached.clear();
        }
    }

    @Override
    public boolean suspended() {
        return joined != null && !joined.equals(currentJtaTransaction.get());
    }

    @Override
    public @Nullable String unable() {
        if (!(session instanceof SessionImplementor)) {
            return "it was recorded in the transaction of a StatelessSession, which does not tell whether the change"
                    + " is written";
        }
        if (!intakes.containsKey(session.getFactory())) {
            return "no outbox harvests this EntityManagerFactory, see JpaOutbox.builder().harvest(...)";
        }
        return null;
    }
}
