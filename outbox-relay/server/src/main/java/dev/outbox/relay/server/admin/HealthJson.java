package dev.outbox.relay.server.admin;

import dev.outbox.relay.server.status.StreamStatus;
import tools.jackson.core.JsonGenerator;

/** One stream's part of an answer about health. */
final class HealthJson {

    private HealthJson() {}

    static void write(JsonGenerator json, StreamStatus status, boolean isWell) {
        json.writeStartObject();
        json.writeStringProperty("name", status.name());
        json.writeStringProperty("state", status.state().name());
        json.writeStringProperty("status", isWell ? "UP" : "DOWN");
        if (!isWell) {
            json.writeStringProperty("why", why(status));
        }
        json.writeEndObject();
    }

    private static String why(StreamStatus status) {
        return status.health().ready()
                ? "its thread gives no sign of life"
                : status.health().why();
    }
}
