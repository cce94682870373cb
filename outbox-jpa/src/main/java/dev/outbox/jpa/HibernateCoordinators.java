package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import jakarta.transaction.TransactionManager;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.transaction.jta.platform.spi.JtaPlatform;
import org.hibernate.resource.jdbc.spi.PhysicalConnectionHandlingMode;
import org.hibernate.resource.transaction.spi.DdlTransactionIsolator;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorOwner;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.hibernate.resource.transaction.spi.TransactionStatus;
import org.hibernate.service.spi.ServiceRegistryAwareService;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.tool.schema.internal.exec.JdbcContext;
import org.jspecify.annotations.Nullable;

/** Hibernate's own coordinators, each with a unit of work that is told of its transactions. */
final class HibernateCoordinators implements TransactionCoordinatorBuilder, ServiceRegistryAwareService {

    private static final long serialVersionUID = 1L;

    private final transient TransactionCoordinatorBuilder hibernates;
    private transient @Nullable TransactionManager transactions;
    private final transient Map<SessionFactoryImplementor, EventIntake> intakes = new ConcurrentHashMap<>();

    HibernateCoordinators(TransactionCoordinatorBuilder hibernates) {
        this.hibernates = hibernates;
    }

    /** What makes the rows of what the entities of a factory record; nothing where it is not harvested. */
    Map<SessionFactoryImplementor, EventIntake> intakes() {
        return intakes;
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
    private @Nullable Transaction currentJtaTransaction() {
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
        UnitOfWork unit = new UnitOfWork(new HibernateEntities(session, intakes, this::currentJtaTransaction));
        TransactionCoordinator coordinator = hibernates.buildTransactionCoordinator(
                // Under JTA no observer is told when a transaction is joined; the owner is.
                isJta() ? new HibernateJoin(owner, unit) : owner, options);
        coordinator.addObserver(new UnitObserver(unit, coordinator));
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

    /** Tells a unit of work of its transaction. The first observer of its coordinator, for as long as that lives. */
    private record UnitObserver(UnitOfWork unit, TransactionCoordinator coordinator) implements TransactionObserver {

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
            unit.completed();
        }
    }
}
