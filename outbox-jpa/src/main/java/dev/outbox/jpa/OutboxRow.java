package dev.outbox.jpa;

import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.PayloadType;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as the columns take it, frozen at the call of publish.
 *
 * @param payload {@code byte[]} for {@code bytea}, else a String
 * @param headers a JSON object, or null where there are none
 */
record OutboxRow(
        UUID id,
        String aggregateType,
        String aggregateId,
        String type,
        Object payload,
        @Nullable String headers,
        Instant occurredAt) {

    /** @param allHeaders the event's own, and those that Outbox itself adds */
    static OutboxRow of(OutboxEvent event, byte[] payload, PayloadType payloadType, Map<String, String> allHeaders) {
        return new OutboxRow(
                event.id(),
                event.aggregateType(),
                event.aggregateId(),
                event.type(),
                // A serializer may hand out bytes that the event itself holds, so they are copied like everything else.
                payloadType == PayloadType.BYTEA ? payload.clone() : text(event, payload, payloadType),
                HeadersJson.of(allHeaders),
                event.occurredAt());
    }

    /** The same row of another aggregate. */
    OutboxRow of(String otherAggregateId) {
        return new OutboxRow(id, aggregateType, otherAggregateId, type, payload, headers, occurredAt);
    }

    private static String text(OutboxEvent event, byte[] payload, PayloadType payloadType) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
            if (text.indexOf('\0') < 0) {
                return text;
            }
        } catch (CharacterCodingException e) {
            // Refused below; the exception says no more than that.
        }
        throw new OutboxException(
                "The payload of event '%s' of %s %s must be UTF-8 text without U+0000 to go into a %s column; the serializer gave other bytes. Use a payload column of type bytea with payloadType(PayloadType.BYTEA), or another serializer."
                        .formatted(event.type(), event.aggregateType(), event.aggregateId(), payloadType.sqlName()));
    }
}
