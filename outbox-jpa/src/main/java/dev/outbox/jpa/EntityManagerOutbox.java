package dev.outbox.jpa;

import dev.outbox.EventIds;
import dev.outbox.EventOptions;
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
        ActiveTransaction transaction = Provider.transactionOf(entityManager);
        UUID position = EventIds.next();
        OutboxRow row = intake.row(intake.event(position, aggregateType, aggregateId, event, options));
        transaction.add(intake.insert(), PendingRow.of(position, row));
        return row.id();
    }

    @Override
    public UUID publish(Object aggregate, Object event, Consumer<EventOptions> options) {
        ActiveTransaction transaction = Provider.transactionOf(entityManager);
        String type = Aggregates.type(aggregate);
        return publish(type, AggregateIds.required(type, transaction.identifierOf(aggregate)), event, options);
    }

    @Override
    public void flush() {
        Provider.transactionOf(entityManager).flush();
    }
}
