package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;

/** The application's provider of Jakarta Persistence, as far as it matters: Hibernate ORM or any other. */
final class Provider {

    private static final boolean HIBERNATE = hibernateIsOnClasspath();

    private Provider() {}

    private static boolean hibernateIsOnClasspath() {
        try {
            return HibernateTransaction.canLink();
        } catch (NoClassDefFoundError e) {
            return false;
        }
    }

    /** @throws OutboxException if there is none, or the EntityManager is closed or gives no access to its connection */
    static ActiveTransaction transactionOf(EntityManager entityManager) {
        HibernateTransaction hibernates = HIBERNATE ? HibernateTransaction.ifActiveOn(entityManager) : null;
        return hibernates == null ? PortableTransaction.activeOn(entityManager) : hibernates;
    }

    /** @throws OutboxException if the factory's entities can't be harvested */
    static void harvest(EntityManagerFactory factory, EventIntake intake) {
        if (!HIBERNATE) {
            throw ProviderFailure.cannotHarvest(factory, null);
        }
        HibernateHarvest.start(factory, intake);
    }
}
