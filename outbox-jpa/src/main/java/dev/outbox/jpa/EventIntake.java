package dev.outbox.jpa;

import dev.outbox.EventOptions;
import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.OutboxHeaders;
import dev.outbox.OutboxTable.Column;
import dev.outbox.RecordedEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns what is published or recorded into an event and its row, or refuses it. Knows no transaction.
 *
 * @param contentType the media type to tell consumers, or null where the column's type tells it
 * @param maxPayloadBytes the largest payload that is accepted
 */
record EventIntake(
        OutboxInsert insert,
        EventSerializer serializer,
        @Nullable String contentType,
        int maxPayloadBytes,
        ContributedHeaders contributed,
        EventTypes types,
        AggregateIds ids) {

    /** Stands in messages, and in checks, for an identifier that is not there yet. */
    private static final String AS_RECORDED = "(as recorded)";

    private static final byte[] NO_PAYLOAD = {};

    /** @param position when it was published, which is the event's id unless the options say another */
    OutboxEvent event(
            UUID position, String aggregateType, Object aggregateId, Object event, Consumer<EventOptions> options) {
        EventOptions chosen = EventOptions.chosen(options);
        String type = types.accept(event, chosen.type());
        String id = ids.text(aggregateType, aggregateId);
        // PostgreSQL keeps microseconds.
        return event(
                position, chosen, aggregateType, id, type, event, Instant.now().truncatedTo(ChronoUnit.MICROS));
    }

    /**
     * The row of an event that an entity records, whose identifier may not be there yet. Refuses whatever does not
     * depend on that, so that the call of record fails and not the commit.
     *
     * @param event the event itself, also where it is deferred
     */
    OutboxRow recorded(RecordedEvent recorded, @Nullable Object event, String aggregateType) {
        String type = types.accept(event, recorded.options().type());
        return row(event(
                recorded.id(),
                recorded.options(),
                aggregateType,
                AS_RECORDED,
                type,
                Objects.requireNonNull(event),
                recorded.recordedAt()));
    }

    /** The same row, with the identifier of its aggregate. */
    OutboxRow identified(OutboxRow recorded, @Nullable Object identifier) {
        String aggregateType = recorded.aggregateType();
        try {
            String id = ids.text(aggregateType, identifier);
            // Refuses what can't be an id.
            new OutboxEvent(
                    recorded.id(), aggregateType, id, recorded.type(), NO_PAYLOAD, Map.of(), recorded.occurredAt());
            return recorded.of(id);
        } catch (OutboxException e) {
            throw new OutboxException(
                    "The event '%s' that an aggregate %s recorded can't be written, so the transaction can't commit: %s"
                            .formatted(recorded.type(), aggregateType, e.getMessage()),
                    e);
        }
    }

    private OutboxEvent event(
            UUID position,
            EventOptions options,
            String aggregateType,
            String aggregateId,
            String type,
            Object event,
            Instant occurredAt) {
        if (!options.headers().isEmpty() && !insert.table().has(Column.HEADERS)) {
            throw new OutboxException("The table " + insert.table() + " is said to have no headers column, so event '"
                    + type + "' can't have headers. Add the column, or leave the headers away.");
        }
        Map<String, String> headers = contributed.under(options.headers(), event, type, aggregateType, aggregateId);
        return new OutboxEvent(
                Objects.requireNonNullElse(options.id(), position),
                aggregateType,
                aggregateId,
                type,
                serialize(type, aggregateType, aggregateId, event),
                headers,
                occurredAt);
    }

    OutboxRow row(OutboxEvent event) {
        byte[] payload = Objects.requireNonNull(event.payload());
        return OutboxRow.of(event, payload, insert.payloadType(), headers(event));
    }

    private byte[] serialize(String type, String aggregateType, String aggregateId, Object event) {
        byte @Nullable [] payload;
        try {
            payload = serializer.serialize(event);
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            // Another exception's message is not repeated here: it is the serializer's, and may quote the event.
            throw new OutboxException(
                    "The EventSerializer failed with %s on event '%s' of %s %s, which is not published.%s"
                            .formatted(
                                    e.getClass().getName(),
                                    type,
                                    aggregateType,
                                    aggregateId,
                                    e instanceof OutboxException ? " " + e.getMessage() : ""),
                    e);
        }
        if (payload == null) {
            throw new OutboxException("The EventSerializer returned null for event '%s' of %s %s; it must return bytes."
                    .formatted(type, aggregateType, aggregateId));
        }
        if (payload.length > maxPayloadBytes) {
            throw new OutboxException(
                    "The payload of event '%s' of %s %s has %d bytes, and the limit is %d; it is not published. Publish less, such as a reference to the data, or raise JpaOutbox.builder().maxPayloadBytes(...) together with max.message.bytes of the topic."
                            .formatted(type, aggregateType, aggregateId, payload.length, maxPayloadBytes));
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
