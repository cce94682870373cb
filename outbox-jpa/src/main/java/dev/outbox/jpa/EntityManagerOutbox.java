package dev.outbox.jpa;

import jakarta.persistence.EntityManager;
import java.util.UUID;
import java.util.function.Consumer;

/** Turns a call of publish into a pending row. */
final class EntityManagerOutbox implements Outbox {

    private final EntityManager entityManager;
    private final EventIntake intake;

    EntityManagerOutbox(EntityManager entityManager, EventIntake intake) {
        this.entityManager = entityManager;
        this.intake = intake;
    }

    @Override
    public UUID publish(String aggregateType, Object aggregateId, Object event, Consumer<EventOptions> options) {
        HibernateTransaction transaction = HibernateTransaction.activeOn(entityManager);
        OutboxRow row = intake.row(intake.event(aggregateType, aggregateId, event, options));
        PendingEvents.of(transaction.entityManager()).add(transaction, intake.insert(), row);
        return row.id();
    }
}
