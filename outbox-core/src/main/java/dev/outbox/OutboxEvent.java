package dev.outbox;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One domain event on its way into the outbox table: a row, before it is one.
 *
 * <p>Immutable but for the payload's bytes, which nobody changes. {@code toString} leaves the payload and the values of
 * the headers out, for it may end in a log.
 *
 * @param id identifies the event for consumers; unique
 * @param aggregateType the kind of aggregate, which routes to a topic; 1 to 255 characters, not blank
 * @param aggregateId the aggregate, which is the record's key: events of one aggregate keep their order; 1 to 255
 *     characters, not blank
 * @param type the stable name of the event; 1 to 255 characters, not blank
 * @param payload the record's value, as the serializer made it; null only for an event without one
 * @param headers further headers of the record; no reserved names among them
 * @param occurredAt when the event happened
 */
public record OutboxEvent(
        UUID id,
        String aggregateType,
        String aggregateId,
        String type,
        byte @Nullable [] payload,
        Map<String, String> headers,
        Instant occurredAt) {

    private static final int MAX_LENGTH = 255;

    /** @throws OutboxException if a text is blank, too long or holds U+0000, or a header's name is reserved */
    public OutboxEvent {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(occurredAt, "occurredAt");
        requireText("aggregate type", aggregateType);
        requireText("aggregate id", aggregateId);
        requireText("event type", type);
        headers = Map.copyOf(headers);
        headers.keySet().forEach(OutboxHeaders::requireAllowed);
    }

    private static void requireText(String what, @Nullable String value) {
        if (value == null || value.isBlank()) {
            throw new OutboxException("The " + what + " must not be " + (value == null ? "null" : "blank") + ".");
        }
        if (value.codePointCount(0, value.length()) > MAX_LENGTH) {
            throw new OutboxException("The %s may have %d characters, the column's size; found %d, beginning '%s'."
                    .formatted(what, MAX_LENGTH, value.codePointCount(0, value.length()), value.substring(0, 40)));
        }
        if (value.indexOf('\0') >= 0 || hasHalfASurrogatePair(value)) {
            throw new OutboxException("The " + what + " must not contain U+0000 or half a surrogate pair, which"
                    + " PostgreSQL and UTF-8 can't express.");
        }
    }

    /** What UTF-8 can't encode; asked three times for each event, so without an encoder. */
    private static boolean hasHalfASurrogatePair(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                if (Character.charCount(value.codePointAt(i)) == 1) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return "OutboxEvent[id=%s, aggregateType=%s, aggregateId=%s, type=%s, payload=%s, headers=%s, occurredAt=%s]"
                .formatted(
                        id,
                        aggregateType,
                        aggregateId,
                        type,
                        payload == null ? "none" : payload.length + " bytes",
                        headers.keySet(),
                        occurredAt);
    }
}
