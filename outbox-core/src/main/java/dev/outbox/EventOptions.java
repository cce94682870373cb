package dev.outbox;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What may be said beside an event, where it is published or recorded: {@code m -> m.header("tenant", tenant)}. To be
 * filled during that call and by its thread; later it refuses.
 */
public final class EventOptions {

    /** Nothing is said. */
    public static final EventOptions NONE = chosen(options -> {});

    private final Map<String, String> headers = new HashMap<>(0);
    private @Nullable UUID id;
    private @Nullable String type;
    private boolean complete;

    private EventOptions() {}

    /**
     * What a caller says, complete. For those who take events.
     *
     * @throws OutboxException if something of it is refused; whatever else the caller throws comes through
     */
    public static EventOptions chosen(Consumer<EventOptions> caller) {
        // Callers that are not checked for nullness can pass null all the same.
        if ((Object) caller == null) {
            throw new OutboxException("The options must not be null. Leave them away where there is nothing to say.");
        }
        EventOptions options = new EventOptions();
        caller.accept(options);
        options.complete = true;
        return options;
    }

    /**
     * Adds a header, which consumers see on the record under the same name. The same name again replaces the value.
     *
     * @param name not blank, without control characters, and none of {@link OutboxHeaders}
     * @param value any text that UTF-8 can express, without U+0000; may be empty
     * @throws OutboxException if either is null or not as said
     */
    public EventOptions header(String name, String value) {
        if ((Object) name == null || (Object) value == null) {
            throw new OutboxException("A header needs a name and a value; found " + name + " with "
                    + ((Object) value == null ? "null" : "a value")
                    + ". Leave the header away where there is no value.");
        }
        OutboxHeaders.requireAllowed(name);
        if (value.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new OutboxException("The value of header '" + name + "' must not contain U+0000 or half a surrogate"
                    + " pair, which PostgreSQL and UTF-8 can't express.");
        }
        requireIncomplete();
        headers.put(name, value);
        return this;
    }

    /**
     * Gives the event an id of the application's own. Without, it gets one of {@link EventIds}. The id must be unique in
     * the table; one that does not increase gives up the order that ids have in a transaction, which counts where events
     * are healed from the table.
     */
    public EventOptions id(UUID id) {
        requireIncomplete();
        this.id = id;
        return this;
    }

    /**
     * Names the event where its class can't carry {@link EventType}: {@code String}, {@code byte[]}, or a class that a
     * generator makes.
     *
     * @param type the stable name, 1 to 255 characters and no class's; the call throws for another one, and where the
     *     class has another name itself
     */
    public EventOptions type(String type) {
        requireIncomplete();
        this.type = type;
        return this;
    }

    /** The headers; can't be changed. */
    public Map<String, String> headers() {
        return Collections.unmodifiableMap(headers);
    }

    /** The id, or null where none was given. */
    public @Nullable UUID id() {
        return id;
    }

    /** The event's name, or null where none was given. */
    public @Nullable String type() {
        return type;
    }

    private void requireIncomplete() {
        if (complete) {
            throw new OutboxException("The options of an event are used after the call that they belong to, when the"
                    + " event has its headers already. Set them inside the call.");
        }
    }

    /** Without the values, which may be secret: this may end up in a log. */
    @Override
    public String toString() {
        return "EventOptions[type=" + type + ", id=" + id + ", headers=" + headers.keySet() + "]";
    }
}
