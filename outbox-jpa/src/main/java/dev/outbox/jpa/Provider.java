package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.sql.Connection;
import java.util.function.Consumer;

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

    /** Does work on the EntityManager's connection, outside of a transaction of the application. */
    static void onConnectionOf(EntityManager entityManager, Consumer<Connection> work) {
        if (HIBERNATE && HibernateTransaction.onConnectionOf(entityManager, work)) {
            return;
        }
        // Elsewhere only a transaction has a connection.
        entityManager.getTransaction().begin();
        try {
            work.accept(PortableTransaction.activeOn(entityManager).connection());
        } finally {
            entityManager.getTransaction().rollback();
        }
    }

    /** @throws OutboxException if the factory's entities can't be harvested */
    static void harvest(EntityManagerFactory factory, EventIntake intake) {
        if (!HIBERNATE) {
            throw ProviderFailure.cannotHarvest(factory, null);
        }
        HibernateHarvest.start(factory, intake);
    }
}
