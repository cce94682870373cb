package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManagerFactory;
import org.jspecify.annotations.Nullable;

/** Says in words what a provider of Jakarta Persistence refuses. */
final class ProviderFailure {

    private ProviderFailure() {}

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
