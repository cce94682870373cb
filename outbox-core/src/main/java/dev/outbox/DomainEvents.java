package dev.outbox;

import com.fasterxml.jackson.annotation.JsonIgnoreType;
import java.io.Serializable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What an aggregate records its events with: {@code @Transient private final DomainEvents events =
 * DomainEvents.of(this)}, then {@code events.record(new OrderShipped(id))} in its methods. A child entity records to its
 * root: {@code DomainEvents.of(order).record(...)}.
 *
 * <p>What is recorded while a transaction is active on the thread is written in that transaction, in the order of the
 * calls over all aggregates, or fails its commit; {@link #discard} is the way out. What is recorded without one is kept,
 * weakly with the aggregate, until a transaction flushes or merges that instance; nothing is written, and nothing is
 * needed, in a unit test of the aggregate.
 *
 * <p>Holds nothing but the aggregate: it is one small object, and is serialized, by Java and by Jackson, without events.
 * Used by one thread at a time, as its aggregate is.
 */
@JsonIgnoreType
public final class DomainEvents implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String NO_EVENT = "The event must not be null.";
    private static final String NO_SUPPLIER = "The event's supplier must not be null.";

    @SuppressWarnings("serial") // The aggregate is being serialized already; if it can't be, it is not.
    private final Object aggregate;

    private DomainEvents(Object aggregate) {
        this.aggregate = aggregate;
    }

    /**
     * The events of an aggregate.
     *
     * @param aggregate the entity, whose class carries {@link Aggregate}; for a child entity its root
     * @throws OutboxException if it is null
     */
    public static DomainEvents of(Object aggregate) {
        return new DomainEvents(required(aggregate, "The aggregate that events are recorded on must not be null."));
    }

    /**
     * Records an event. In a transaction its payload is made here and now.
     *
     * @param event its class carries {@link EventType}
     * @throws OutboxException if it is null, or the transaction can't take it; it is not recorded
     */
    public void record(Object event) {
        add(required(event, NO_EVENT), false, EventOptions.NONE);
    }

    /**
     * Records an event with headers, an id of its own, or a name where its class has none:
     * {@code events.record(new OrderShipped(id), m -> m.header("tenant", tenant))}.
     *
     * @param options called once, before this method returns, on the same thread
     * @throws OutboxException as above, and if a header is refused
     */
    public void record(Object event, Consumer<EventOptions> options) {
        add(required(event, NO_EVENT), false, EventOptions.chosen(options));
    }

    /**
     * Records an event that can be made only later, such as one with a generated id in it. Its place in the order is
     * this call's.
     *
     * @param event called once, on the thread that commits, after the last flush; must not change an entity
     */
    public void recordDeferred(Supplier<?> event) {
        add(required(event, NO_SUPPLIER), true, EventOptions.NONE);
    }

    /**
     * Records an event that can be made only later, with headers, an id of its own, or a name.
     *
     * @param event as above
     * @param options called now, not later
     * @throws OutboxException if a header is refused
     */
    public void recordDeferred(Supplier<?> event, Consumer<EventOptions> options) {
        add(required(event, NO_SUPPLIER), true, EventOptions.chosen(options));
    }

    /**
     * Takes back what was recorded on this aggregate in the transactions that are active on this thread, or without one:
     * for an aggregate that was changed to see what would happen, and is never persisted.
     *
     * @throws OutboxException if some of it is written already, by an explicit flush
     */
    public void discard() {
        EventRecorders.discard(aggregate);
    }

    private void add(Object event, boolean deferred, EventOptions options) {
        // PostgreSQL keeps microseconds.
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        EventRecorders.record(aggregate, new RecordedEvent(EventIds.next(), now, event, deferred, options));
    }

    private static <T> T required(T value, String message) {
        // Callers that are not checked for nullness can pass null all the same.
        if ((Object) value == null) {
            throw new OutboxException(message);
        }
        return value;
    }

    /** Without the aggregate, whose own toString may come here. */
    @Override
    public String toString() {
        return "DomainEvents";
    }
}
