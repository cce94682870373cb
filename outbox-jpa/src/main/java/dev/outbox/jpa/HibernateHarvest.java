package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.PersistenceException;
import java.util.Map;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.service.spi.EventListenerRegistry;
import org.hibernate.event.spi.EventType;
import org.hibernate.resource.transaction.internal.TransactionCoordinatorBuilderInitiator;
import org.hibernate.resource.transaction.spi.TransactionCoordinatorBuilder;
import org.hibernate.service.spi.ServiceContributor;
import org.hibernate.service.spi.ServiceRegistryImplementor;

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
                return new HibernateCoordinators(
                        TransactionCoordinatorBuilderInitiator.INSTANCE.initiateService(settings, registry));
            }
        });
    }

    /** Has the outbox write what the factory's entities record, from the next transaction on. */
    static void start(EntityManagerFactory entityManagerFactory, EventIntake intake) {
        SessionFactoryImplementor factory = hibernate(entityManagerFactory);
        if (!(factory.getServiceRegistry().getService(TransactionCoordinatorBuilder.class)
                instanceof HibernateCoordinators coordinators)) {
            throw new OutboxException(
                    "The entities of this EntityManagerFactory can't be harvested: its transactions are"
                            + " not announced to Outbox. The class loader that Hibernate was given must find"
                            + " META-INF/services/" + ServiceContributor.class.getName() + " of the outbox-jpa jar.");
        }
        if (coordinators.intakes().putIfAbsent(factory, intake) != null) {
            throw new OutboxException("Another JpaOutbox harvests this EntityManagerFactory already. Build one with"
                    + " harvest(...), and those for explicit publishing without.");
        }
        EventListenerRegistry listeners = factory.getEventEngine().getListenerRegistry();
        HibernateListener listener = new HibernateListener();
        listeners.appendListeners(EventType.FLUSH_ENTITY, listener);
        listeners.appendListeners(EventType.FLUSH, listener);
        listeners.appendListeners(EventType.AUTO_FLUSH, listener);
        listeners.appendListeners(EventType.MERGE, listener);
        listeners.appendListeners(EventType.PERSIST, listener);
        listeners.appendListeners(EventType.PRE_DELETE, listener);
    }

    private static SessionFactoryImplementor hibernate(EntityManagerFactory factory) {
        try {
            return factory.unwrap(SessionFactoryImplementor.class);
        } catch (PersistenceException | IllegalArgumentException e) {
            throw ProviderFailure.cannotHarvest(factory, e);
        }
    }
}
