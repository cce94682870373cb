package dev.outbox.jpa;

import dev.outbox.OutboxException;
import dev.outbox.OutboxHeaders;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a call of {@link Outbox#publish} may say beside the event. Valid during that call only. */
public final class EventOptions {

    private final Map<String, String> headers = new HashMap<>();
    private @Nullable UUID id;
    private @Nullable String type;

    EventOptions() {}

    /**
     * Adds a header, which consumers see on the record under the same name. The same name again replaces the value.
     *
     * @param name not blank, without control characters, and none of {@link OutboxHeaders}
     * @param value any text that UTF-8 can express, without U+0000; may be empty
     * @throws OutboxException if the value is null or no such text; the publish call throws for a refused name
     */
    public EventOptions header(String name, String value) {
        // Callers that are not checked for nullness can pass null all the same.
        if ((Object) name == null || (Object) value == null) {
            throw new OutboxException("A header needs a name and a value; found " + name + " with "
                    + ((Object) value == null ? "null" : "a value")
                    + ". Leave the header away where there is no value.");
        }
        if (value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new OutboxException("The value of header '" + name + "' must not contain U+0000 or half a surrogate"
                    + " pair, which PostgreSQL and UTF-8 can't express.");
        }
        headers.put(name, value);
        return this;
    }

    /**
     * Gives the event an id of the application's own. Without, it gets one of {@link dev.outbox.EventIds}. The id must be
     * unique in the table; one that does not increase gives up the order that ids have in a transaction, which counts
     * where events are healed from the table.
     */
    public EventOptions id(UUID id) {
        this.id = id;
        return this;
    }

    /**
     * Names the event where its class can't carry {@link dev.outbox.EventType}: {@code String}, {@code byte[]}, or a
     * class that a generator makes.
     *
     * @param type the stable name, 1 to 255 characters; the publish call throws for another one, and where the class has
     *     another name itself
     */
    public EventOptions type(String type) {
        this.type = type;
        return this;
    }

    Map<String, String> headers() {
        return headers;
    }

    @Nullable UUID id() {
        return id;
    }

    @Nullable String type() {
        return type;
    }
}
