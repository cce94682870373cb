package dev.outbox.jpa;

import dev.outbox.EventRecorder;
import dev.outbox.EventRecorders;
import dev.outbox.OutboxException;
import dev.outbox.RecordedEvent;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.FlushMode;
import org.hibernate.Hibernate;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.PersistenceContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatform;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.AutoFlushEvent;
import org.hibernate.event.spi.AutoFlushEventListener;
import org.hibernate.event.spi.EventType;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;
import org.hibernate.event.spi.FlushEvent;
import org.hibernate.event.spi.FlushEventListener;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.resource.jdbc.spi.JdbcSessionOwner;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.resource.transaction.internal.TransactionCoordinatorBuilderInitiator;
import org.hibernate.resource.transaction.spi.DdlTransactionIsolator;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.hibernate.service.spi.ServiceContributor;
import org.hibernate.service.spi.ServiceRegistryAwareService;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.tool.schema.internal.exec.JdbcContext;
import org.jspecify.annotations.Nullable;

/**
 * Tells units of work of the transactions and flushes of Hibernate's sessions. Not for applications: public because
 * Hibernate finds it with {@link java.util.ServiceLoader}. RATIONALE.md says which parts of Hibernate it stands on.
 */
public final class HibernateHarvest implements ServiceContributor {

    /** Called by Hibernate. */
    public HibernateHarvest() {}

    @Override
    public void contribute(StandardServiceRegistryBuilder services) {
        services.addInitiator(new StandardServiceInitiator<TransactionCoordinatorBuilder>() {
            @Override
            public Class<TransactionCoordinatorBuilder> getServiceInitiated() {
                return TransactionCoordinatorBuilder.class;
            }

            @Override
            public TransactionCoordinatorBuilder initiateService(
                    Map<String, Object> settings, ServiceRegistryImplementor registry) {
                return new Coordinators(
                        TransactionCoordinatorBuilderInitiator.INSTANCE.initiateService(settings, registry));
            }
        });
    }

    /** Has the outbox write what the factory's entities record, from the next transaction on. */
    static void start(EntityManagerFactory entityManagerFactory, EventIntake intake) {
        SessionFactoryImplementor factory = hibernate(entityManagerFactory);
        if (!(factory.getServiceRegistry().getService(TransactionCoordinatorBuilder.class)
                instanceof Coordinators coordinators)) {
            throw new OutboxException(
                    "The entities of this EntityManagerFactory can't be harvested: its transactions are"
                            + " not announced to Outbox. The class loader that Hibernate was given must find"
                            + " META-INF/services/" + ServiceContributor.class.getName() + " of the outbox-jpa jar.");
        }
        if (coordinators.intakes.putIfAbsent(factory, intake) != null) {
            throw new OutboxException("Another JpaOutbox harvests this EntityManagerFactory already. Build one with"
                    + " harvest(...), and those for explicit publishing without.");
        }
        EventListenerRegistry listeners = factory.getEventEngine().getListenerRegistry();
        Listener listener = new Listener(coordinators);
        listeners.appendListeners(EventType.FLUSH_ENTITY, listener);
        listeners.appendListeners(EventType.FLUSH, listener);
        listeners.appendListeners(EventType.AUTO_FLUSH, listener);
        listeners.appendListeners(EventType.MERGE, listener);
        listeners.appendListeners(EventType.PERSIST, listener);
        listeners.appendListeners(EventType.PRE_DELETE, listener);
    }

    private static @Nullable UnitOfWork unitOf(SharedSessionContractImplementor session) {
        for (EventRecorder recorder : EventRecorders.ofCurrentThread()) {
            if (recorder instanceof UnitOfWork unit && unit.session().isIn(session)) {
                return unit;
            }
        }
        return null;
    }

    private static SessionFactoryImplementor hibernate(EntityManagerFactory factory) {
        try {
            return factory.unwrap(SessionFactoryImplementor.class);
        } catch (PersistenceException | IllegalArgumentException e) {
            throw ProviderFailure.cannotHarvest(factory, e);
        }
    }

    /** Hibernate's own coordinators, each with a unit of work that is told of its transactions. */
    private static final class Coordinators implements TransactionCoordinatorBuilder, ServiceRegistryAwareService {

        private static final long serialVersionUID = 1L;

        private final transient TransactionCoordinatorBuilder hibernates;
        private transient @Nullable TransactionManager transactions;
        private final transient Map<SessionFactoryImplementor, EventIntake> intakes = new ConcurrentHashMap<>();

        Coordinators(TransactionCoordinatorBuilder hibernates) {
            this.hibernates = hibernates;
        }

        /** Under JTA, what Hibernate's own finds the transaction manager with. */
        @Override
        public void injectServices(ServiceRegistryImplementor services) {
            if (hibernates instanceof ServiceRegistryAwareService aware) {
                aware.injectServices(services);
            }
            if (isJta()) {
                transactions = services.requireService(JtaPlatform.class).retrieveTransactionManager();
            }
        }

        /** The transaction of the current thread, or null where there is none or the platform doesn't tell. */
        @Nullable Transaction currentJtaTransaction() {
            try {
                return transactions == null ? null : transactions.getTransaction();
            } catch (SystemException e) {
                throw new OutboxException("The transaction manager doesn't tell the thread's transaction.", e);
            }
        }

        @Override
        public TransactionCoordinator buildTransactionCoordinator(TransactionCoordinatorOwner owner, Options options) {
            if (!(owner.getJdbcSessionOwner() instanceof SharedSessionContractImplementor session)) {
                // Hibernate looks at the database before there is a factory.
                return hibernates.buildTransactionCoordinator(owner, options);
            }
            SessionEntities entities = new SessionEntities(session, this);
            UnitOfWork unit = new UnitOfWork(entities);
            TransactionCoordinator coordinator = hibernates.buildTransactionCoordinator(
                    // Under JTA no observer is told when a transaction is joined; the owner is.
                    isJta() ? new JoiningOwner(owner, entities, unit) : owner, options);
            coordinator.addObserver(new UnitObserver(unit, entities, coordinator));
            return coordinator;
        }

        @Override
        public boolean isJta() {
            return hibernates.isJta();
        }

        @Override
        public PhysicalConnectionHandlingMode getDefaultConnectionHandlingMode() {
            return hibernates.getDefaultConnectionHandlingMode();
        }

        @Override
        public DdlTransactionIsolator buildDdlTransactionIsolator(JdbcContext jdbcContext) {
            return hibernates.buildDdlTransactionIsolator(jdbcContext);
        }
    }

    /** Tells a unit of work of its transaction. The first observer of its coordinator, for as long as that lives. */
    private record UnitObserver(UnitOfWork unit, SessionEntities entities, TransactionCoordinator coordinator)
            implements TransactionObserver {

        @Override
        public void afterBegin() {
            unit.begin();
        }

        @Override
        public void beforeCompletion() {
            // Under JTA this is called for a transaction whose flush has failed, too.
            if (coordinator.getTransactionDriverControl().getStatus() != TransactionStatus.MARKED_ROLLBACK) {
                unit.beforeCommit();
            }
        }

        @Override
        public void afterCompletion(boolean successful, boolean delayed) {
            entities.unattached.clear();
            entities.joined = null;
            unit.completed();
        }
    }

    private record JoiningOwner(TransactionCoordinatorOwner owner, SessionEntities entities, UnitOfWork unit)
            implements TransactionCoordinatorOwner {

        @Override
        public boolean isActive() {
            return owner.isActive();
        }

        @Override
        public void startTransactionBoundary() {
            owner.startTransactionBoundary();
            entities.joined();
            unit.begin();
        }

        @Override
        public void afterTransactionBegin() {
            owner.afterTransactionBegin();
        }

        @Override
        public void beforeTransactionCompletion() {
            owner.beforeTransactionCompletion();
        }

        @Override
        public void afterTransactionCompletion(boolean successful, boolean delayed) {
            owner.afterTransactionCompletion(successful, delayed);
        }

        @Override
        public JdbcSessionOwner getJdbcSessionOwner() {
            return owner.getJdbcSessionOwner();
        }

        @Override
        public void setTransactionTimeOut(int seconds) {
            owner.setTransactionTimeOut(seconds);
        }

        @Override
        public void flushBeforeTransactionCompletion() {
            owner.flushBeforeTransactionCompletion();
        }
    }

    /** A session's persistence context, as far as there is one. */
    private static final class SessionEntities implements ManagedEntities {

        private final SharedSessionContractImplementor session;
        private final Coordinators coordinators;
        private final List<Recording> unattached = new ArrayList<>(0);
        private @Nullable Transaction joined;

        SessionEntities(SharedSessionContractImplementor session, Coordinators coordinators) {
            this.session = session;
            this.coordinators = coordinators;
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

        /** Of entities and proxies, as that of most sessions is when a transaction begins. */
        private static boolean isEmpty(PersistenceContext context) {
            Map<?, ?> holders = context.getEntityHoldersByKey();
            // Null until there is one.
            return holders == null || holders.isEmpty();
        }

        @Override
        public List<Object> ownOf(List<Object> instances) {
            if (!(session instanceof SessionImplementor stateful)
                    || isEmpty(stateful.getPersistenceContextInternal())) {
                return List.of();
            }
            List<Object> own = instances.stream()
                    .filter(instance -> contains(instance)
                            || (instance instanceof HibernateProxy proxy
                                    && proxy.getHibernateLazyInitializer().getSession() == session))
                    .toList();
            if (!own.isEmpty()) {
                PendingEvents.of(stateful).begun();
            }
            return own;
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
            if (session instanceof SessionImplementor stateful
                    && stateful.getHibernateFlushMode() != FlushMode.MANUAL) {
                // Not flush(): what a flush hands to the callbacks before completion would be called by no one.
                stateful.beforeTransactionCompletion();
            }
        }

        @Override
        public Recording pending(Object aggregate, RecordedEvent event) {
            EventIntake intake = coordinators.intakes.get(session.getFactory());
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
            EventIntake intake = coordinators.intakes.get(session.getFactory());
            if (intake != null && session instanceof SessionImplementor stateful) {
                for (Recording recording : unattached) {
                    HibernateTransaction.activeOn(stateful).add(intake.insert(), recording);
                }
                unattached.clear();
            }
        }

        void joined() {
            joined = coordinators.currentJtaTransaction();
        }

        @Override
        public boolean suspended() {
            return joined != null && !joined.equals(coordinators.currentJtaTransaction());
        }

        @Override
        public @Nullable String unable() {
            if (!(session instanceof SessionImplementor)) {
                return "it was recorded in the transaction of a StatelessSession, which does not tell whether the change"
                        + " is written";
            }
            if (!coordinators.intakes.containsKey(session.getFactory())) {
                return "no outbox harvests this EntityManagerFactory, see JpaOutbox.builder().harvest(...)";
            }
            return null;
        }
    }

    /** Tells the unit of work what the session does with entities. One for each factory that is harvested. */
    private static final class Listener
            implements FlushEntityEventListener,
                    FlushEventListener,
                    AutoFlushEventListener,
                    MergeEventListener,
                    PersistEventListener,
                    PreDeleteEventListener {

        private static final long serialVersionUID = 1L;

        private final transient Coordinators coordinators;

        Listener(Coordinators coordinators) {
            this.coordinators = coordinators;
        }

        @Override
        public void onFlushEntity(FlushEntityEvent event) {
            if (EventRecorders.nothingHeld() || !Aggregates.is(event.getEntity())) {
                return;
            }
            UnitOfWork unit = unitOf(event.getSession());
            EntityEntry entry = event.getEntityEntry();
            if (unit != null && entry != null) {
                unit.held(event.getEntity(), event.getEntity());
                Object proxy =
                        event.getSession().getPersistenceContextInternal().getProxy(entry.getEntityKey());
                if (proxy != null) {
                    unit.held(proxy, event.getEntity());
                }
            }
        }

        @Override
        public void onFlush(FlushEvent event) {
            flushed(event.getSession());
        }

        @Override
        public void onAutoFlush(AutoFlushEvent event) {
            if (event.isFlushRequired()) {
                flushed(event.getSession());
            }
        }

        private void flushed(SharedSessionContractImplementor session) {
            UnitOfWork unit = unitOf(session);
            if (unit != null) {
                if (unit.session() instanceof SessionEntities entities) {
                    entities.attachAll();
                }
                unit.flushed(new SessionEntities(session, coordinators));
            }
        }

        @Override
        public void onMerge(MergeEvent event) {
            Object original = event.getOriginal();
            Object copy = event.getResult();
            if (original == null || copy == null || !Aggregates.is(original)) {
                return;
            }
            UnitOfWork unit = unitOf(event.getSession());
            if (unit != null) {
                unit.merged(original, copy);
                // Behind a detached proxy is the instance whose methods have recorded.
                Object behind = event.getEntity();
                if (behind != null && behind != original) {
                    unit.merged(behind, copy);
                }
            }
        }

        @Override
        public void onMerge(MergeEvent event, MergeContext merged) {
            onMerge(event);
        }

        @Override
        public void onPersist(PersistEvent event) {
            Object entity = event.getObject();
            // Not left to the flush: the context may be cleared before it.
            if (entity != null && !EventRecorders.nothingHeld() && Aggregates.is(entity)) {
                UnitOfWork unit = unitOf(event.getSession());
                if (unit != null) {
                    unit.held(entity, entity);
                }
            }
        }

        @Override
        public void onPersist(PersistEvent event, PersistContext persisted) {
            onPersist(event);
        }

        @Override
        public boolean onPreDelete(PreDeleteEvent event) {
            UnitOfWork unit = unitOf(DeletingSession.of(event));
            if (unit != null) {
                unit.removing(event.getEntity());
            }
            return false;
        }
    }
}
