package dev.outbox.relay.server;

import dev.outbox.relay.server.status.Paused;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The part of a position record that tells that the stream is paused: its being there does. */
final class PausedFormat {

    static final String NAME = "paused";

    private PausedFormat() {}

    static void write(JsonGenerator json, Paused paused) {
        json.writeObjectPropertyStart(NAME);
        json.writeStringProperty("by", paused.by());
        json.writeStringProperty("at", paused.at().toString());
        json.writeEndObject();
    }

    /** @param members those of the object, by their names, whatever a later version makes of them */
    static Paused read(Map<String, String> members) {
        String by = members.getOrDefault("by", "");
        return new Paused(by.isEmpty() ? "?" : by, at(members.get("at")));
    }

    private static Instant at(@Nullable String text) {
        try {
            return text == null ? Instant.EPOCH : Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
