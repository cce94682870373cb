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

    /** What a decoder puts where there is no UTF-8; it can also be meant. */
    private static final char REPLACEMENT = '\uFFFD';

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
        String text = new String(payload, StandardCharsets.UTF_8);
        if (text.indexOf('\0') < 0 && (text.indexOf(REPLACEMENT) < 0 || isUtf8(payload))) {
            return text;
        }
        throw new OutboxException(
                "The payload of event '%s' of %s %s must be UTF-8 text without U+0000 to go into a %s column; the serializer gave other bytes. Use a payload column of type bytea with payloadType(PayloadType.BYTEA), or another serializer."
                        .formatted(event.type(), event.aggregateType(), event.aggregateId(), payloadType.sqlName()));
    }

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
