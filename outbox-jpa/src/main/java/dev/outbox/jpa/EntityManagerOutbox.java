package dev.outbox.jpa;

import dev.outbox.EventIds;
import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.OutboxHeaders;
import dev.outbox.OutboxTable.Column;
import jakarta.persistence.EntityManager;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns a call of publish into a pending row. */
final class EntityManagerOutbox implements Outbox {

    private final EntityManager entityManager;
    private final OutboxInsert insert;
    private final EventSerializer serializer;
    private final @Nullable String contentType;

    /** @param contentType the media type to tell consumers, or null where the column's type tells it */
    EntityManagerOutbox(
            EntityManager entityManager,
            OutboxInsert insert,
            EventSerializer serializer,
            @Nullable String contentType) {
        this.entityManager = entityManager;
        this.insert = insert;
        this.serializer = serializer;
        this.contentType = contentType;
    }

    @Override
    public UUID publish(String aggregateType, Object aggregateId, Object event, Consumer<EventOptions> options) {
        HibernateTransaction transaction = HibernateTransaction.activeOn(entityManager);
        UUID position = EventIds.next();
        String type = EventTypes.of(event);
        String id = AggregateIds.text(aggregateType, aggregateId);
        EventOptions chosen = new EventOptions();
        options.accept(chosen);

        if (!chosen.headers().isEmpty() && !insert.table().has(Column.HEADERS)) {
            throw new OutboxException("The table " + insert.table() + " is said to have no headers column, so event '"
                    + type + "' can't have headers. Add the column, or leave the headers away.");
        }

        byte[] payload = serialize(type, aggregateType, id, event);
        OutboxRow row = row(
                new OutboxEvent(
                        Objects.requireNonNullElse(chosen.id(), position),
                        aggregateType,
                        id,
                        type,
                        payload,
                        chosen.headers(),
                        // PostgreSQL keeps microseconds.
                        Instant.now().truncatedTo(ChronoUnit.MICROS)),
                payload);
        add(transaction, PendingRow.of(position, row));
        return row.id();
    }

    @Override
    public UUID publish(Object aggregate, Object event, Consumer<EventOptions> options) {
        HibernateTransaction transaction = HibernateTransaction.activeOn(entityManager);
        String type = Aggregates.type(aggregate);
        return publish(type, AggregateIds.text(type, transaction.identifierOf(aggregate)), event, options);
    }

    @Override
    public void flush() {
        HibernateTransaction transaction = HibernateTransaction.activeOn(entityManager);
        PendingEvents pending = PendingEvents.of(transaction.entityManager());
        if (!pending.isEmpty()) {
            transaction.entityManager().flush();
            pending.flush(transaction);
        }
    }

    void add(HibernateTransaction transaction, PendingRow row) {
        PendingEvents.of(transaction.entityManager()).add(transaction, insert, row);
    }

    OutboxRow row(OutboxEvent event, byte[] payload) {
        return OutboxRow.of(event, payload, insert.payloadType(), headers(event));
    }

    byte[] serialize(String type, String aggregateType, String aggregateId, Object event) {
        byte @Nullable [] payload;
        try {
            payload = serializer.serialize(event);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            // The cause's message is not repeated here: it is the serializer's, and may quote the event.
            throw new OutboxException(
                    "The EventSerializer failed with %s on event '%s' of %s %s, which is not published."
                            .formatted(e.getClass().getName(), type, aggregateType, aggregateId),
                    e);
        }
        if (payload == null) {
            throw new OutboxException("The EventSerializer returned null for event '%s' of %s %s; it must return bytes."
                    .formatted(type, aggregateType, aggregateId));
        }
        return payload;
    }

    private Map<String, String> headers(OutboxEvent event) {
        if (contentType == null) {
            return event.headers();
        }
        Map<String, String> headers = new HashMap<>(event.headers());
        headers.put(OutboxHeaders.CONTENT_TYPE, contentType);
        return headers;
    }
}
