package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    static void harvest(EntityManagerFactory factory, Function<EntityManager, EntityManagerOutbox> outbox) {
        if (!HIBERNATE) {
            throw cannotHarvest(factory, null);
        }
        HibernateHarvest.start(factory, outbox);
    }

    static OutboxException cannotHarvest(EntityManagerFactory factory, @Nullable Exception cause) {
        return new OutboxException(
                "Harvesting needs an EntityManagerFactory of Hibernate ORM; found "
                        + factory.getClass().getName() + ". Publish explicitly with any other.",
                cause);
    }

    /** @param cause how the EntityManager refused to be asked, if it did */
    static OutboxException noTransaction(@Nullable Exception cause) {
        String found = cause == null ? "" : ", or it can't be asked here (" + cause.getMessage() + ")";
        return new OutboxException(
                "No transaction is active on this EntityManager" + found
                        + ", and an event is published in one or not at"
                        + " all. Publish inside the transaction of the change: between begin() and commit(), or in a"
                        + " @Transactional method. In a life-cycle callback, record it with DomainEvents instead.",
                cause);
    }
}
