package dev.outbox;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/**
 * The headers of every Kafka record, all plain UTF-8. Beside them a record carries each entry of the {@code headers}
 * column under its own name.
 */
public final class OutboxHeaders {

    /** The event's id, a UUID in its canonical form: what a consumer remembers in order to ignore a duplicate. */
    public static final String ID = "id";

    /** The stable name of the event, for example {@code person.registered.v1}. */
    public static final String EVENT_TYPE = "eventType";

    /** The kind of aggregate, for example {@code Person}. */
    public static final String AGGREGATE_TYPE = "aggregateType";

    /** When the event happened, as ISO-8601 in UTC, for example {@code 2026-03-01T12:00:00.123456Z}. */
    public static final String OCCURRED_AT = "occurredAt";

    /** The media type of the value, for example {@code application/json}. */
    public static final String CONTENT_TYPE = "contentType";

    private static final Set<String> RESERVED = Set.of(ID, EVENT_TYPE, AGGREGATE_TYPE, OCCURRED_AT, CONTENT_TYPE);

    private OutboxHeaders() {}

    /** Whether the name is one of the above, which an application may not set itself. */
    public static boolean isReserved(String name) {
        return RESERVED.contains(name);
    }

    /**
     * Refuses what can't be the name of an application's own header.
     *
     * @throws OutboxException if the name is reserved, blank, or has control characters, U+0000 among them, or half a
     *     surrogate pair
     */
    public static void requireAllowed(String name) {
        if (isReserved(name)) {
            throw new OutboxException("The header name '" + name + "' is reserved: Outbox sets it itself on every"
                    + " record. Give the header another name.");
        }
        if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
            throw new OutboxException("A header name must not be blank or contain control characters.");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
            throw new OutboxException("A header name must not contain half a surrogate pair.");
        }
    }
}
