package dev.outbox.jpa;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.OutboxHeaders;
import dev.outbox.OutboxTable.Column;
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
        ContributedHeaders contributed) {

    /** @param position when it was published, which is the event's id unless the options say another */
    OutboxEvent event(
            UUID position, String aggregateType, Object aggregateId, Object event, Consumer<EventOptions> options) {
        EventOptions chosen = new EventOptions();
        options.accept(chosen);
        String type = EventTypes.of(event, chosen.type());
        String id = AggregateIds.text(aggregateType, aggregateId);
        if (!chosen.headers().isEmpty() && !insert.table().has(Column.HEADERS)) {
            throw new OutboxException("The table " + insert.table() + " is said to have no headers column, so event '"
                    + type + "' can't have headers. Add the column, or leave the headers away.");
        }
        // PostgreSQL keeps microseconds.
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        UUID eventId = Objects.requireNonNullElse(chosen.id(), position);
        return content(event, type, chosen.headers(), aggregateType, id).event(eventId, aggregateType, id, now);
    }

    /** The content of an event that an entity records, whose identifier may not be there yet. */
    EventContent recorded(Object event, String type, String aggregateType) {
        return content(event, type, Map.of(), aggregateType, "(as recorded)").frozen();
    }

    private EventContent content(
            Object event, String type, Map<String, String> chosen, String aggregateType, String aggregateId) {
        Map<String, String> headers = contributed.under(chosen, event, type, aggregateType, aggregateId);
        return new EventContent(type, serialize(type, aggregateType, aggregateId, event), headers);
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
