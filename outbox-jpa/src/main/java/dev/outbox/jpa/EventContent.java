package dev.outbox.jpa;

import dev.outbox.OutboxEvent;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** What the intake makes of an event itself: all that is known before its aggregate has an identifier. */
record EventContent(String type, byte[] payload, Map<String, String> headers) {

    OutboxEvent event(UUID id, String aggregateType, String aggregateId, Instant occurredAt) {
        return new OutboxEvent(id, aggregateType, aggregateId, type, payload, headers, occurredAt);
    }

    /** One that waits: a serializer may hand out bytes that the event itself holds, and changes later. */
    EventContent frozen() {
        return new EventContent(type, payload.clone(), headers);
    }
}
