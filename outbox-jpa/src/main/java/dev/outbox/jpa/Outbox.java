package dev.outbox.jpa;

import dev.outbox.EventOptions;
import dev.outbox.EventType;
import dev.outbox.OutboxException;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Where an application publishes its domain events.
 *
 * <p>An event is serialized at the call, and written in the transaction that is active then, on its connection, right
 * before it completes: if and only if that transaction commits. Nothing is sent at the call, and nothing blocks but the
 * serializer; only through a session that shares another's transaction, and behind the batch, the row is written at the
 * call, and a failure then leaves the transaction nothing but a rollback. The events of one transaction keep the order of their calls.
 *
 * <p>To be used like the {@code EntityManager} it was made from: by one thread at a time, or by any number of threads if
 * that is a shared proxy, such as Spring's.
 */
public interface Outbox {

    /**
     * Publishes an event.
     *
     * @param aggregateType the kind of aggregate, which routes to a topic, for example {@code Person}; 1 to 255
     *     characters, not blank
     * @param aggregateId the aggregate, whose events keep their order: a {@code UUID}, {@code String}, {@code Integer},
     *     {@code Long}, {@code Short}, {@code BigInteger}, or of a type that the outbox was told with {@link
     *     JpaOutbox.Builder#aggregateId}; 1 to 255 characters as text, not blank
     * @param event the event; its class carries {@link EventType}, or the options name it
     * @return the event's id, as consumers see it
     * @throws OutboxException if no transaction is active, an argument is not as said, or the event can't be
     *     serialized; the event is not published, and the transaction can go on
     */
    default UUID publish(String aggregateType, Object aggregateId, Object event) {
        return publish(aggregateType, aggregateId, event, options -> {});
    }

    /**
     * Publishes an event with headers or an id of its own: {@code publish("Person", id, event, m -> m.header("tenant",
     * tenant))}.
     *
     * @param options called once, before this method returns, on the same thread
     * @throws OutboxException as above, and if a header is refused
     */
    UUID publish(String aggregateType, Object aggregateId, Object event, Consumer<EventOptions> options);

    /**
     * Publishes an event of an entity, managed or not.
     *
     * @param aggregate its class carries {@link dev.outbox.Aggregate}, and it has its identifier already
     * @throws OutboxException as above
     */
    default UUID publish(Object aggregate, Object event) {
        return publish(aggregate, event, options -> {});
    }

    /**
     * Publishes an event of an entity, with headers or an id of its own.
     *
     * @throws OutboxException as above
     */
    default UUID publish(Object aggregate, Object event, Consumer<EventOptions> options) {
        String type = Aggregates.type(aggregate);
        return publish(type, AggregateIds.required(type, Aggregates.id(aggregate)), event, options);
    }

    /**
     * Writes the events of this transaction so far, in a batch of their own, where the end of the transaction is too
     * late; flushes the EntityManager before, so that events of entities are not written without their change. Does
     * nothing if there are none.
     *
     * @throws OutboxException if no transaction is active, or the events can't be written
     */
    default void flush() {}
}
