package dev.outbox.relay.server.admin;

import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.status.StreamStatus;
import java.time.Instant;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/** A stream's status as JSON. What is not known is left out. */
final class StatusJson {

    private StatusJson() {}

    /** @param worker the process that tells it */
    static void write(JsonGenerator json, StreamStatus status, String worker) {
        json.writeStartObject();
        json.writeStringProperty("name", status.name());
        json.writeStringProperty("state", status.state().name());
        json.writeStringProperty("since", status.since().toString());
        json.writeStringProperty("worker", worker);
        json.writeBooleanProperty("ready", status.health().ready());
        if (!status.health().ready()) {
            json.writeStringProperty("why", status.health().why());
        }
        status.paused().ifPresent(paused -> {
            json.writeObjectPropertyStart("paused");
            json.writeStringProperty("by", paused.by());
            json.writeStringProperty("at", paused.at().toString());
            json.writeEndObject();
        });
        status.lastError().ifPresent(error -> {
            json.writeObjectPropertyStart("lastError");
            json.writeStringProperty("message", error.message());
            json.writeStringProperty("at", error.at().toString());
            json.writeEndObject();
        });
        status.progress().ifPresent(progress -> position(json, progress));
        lsns(json, status);
        lag(json, status.lag());
        status.slot().ifPresent(slot -> slot(json, slot));
        traffic(json, status.traffic());
        troubles(json, status.troubles());
        json.writeEndObject();
    }

    private static void position(JsonGenerator json, StreamProgress progress) {
        json.writeObjectPropertyStart("position");
        json.writeNumberProperty("timeline", progress.acknowledged().timeline());
        json.writeStringProperty(
                "commitLsn", progress.acknowledged().commitLsn().toString());
        json.writeNumberProperty("index", progress.acknowledged().index());
        if (progress.committedAtMillis() != 0) {
            json.writeStringProperty(
                    "committedAt",
                    Instant.ofEpochMilli(progress.committedAtMillis()).toString());
        }
        json.writeEndObject();
    }

    private static void lsns(JsonGenerator json, StreamStatus status) {
        json.writeObjectPropertyStart("lsn");
        status.slot().ifPresent(slot -> lsn(json, "server", slot.serverLsn()));
        status.progress().ifPresent(progress -> {
            lsn(json, "received", progress.receivedLsn());
            lsn(json, "acknowledged", progress.acknowledgedLsn());
            lsn(json, "confirmed", progress.confirmedLsn());
        });
        json.writeEndObject();
    }

    private static void lsn(JsonGenerator json, String name, LogSequenceNumber lsn) {
        if (!lsn.equals(LogSequenceNumber.INVALID)) {
            json.writeStringProperty(name, lsn.toString());
        }
    }

    private static void lag(JsonGenerator json, StreamStatus.Lag lag) {
        json.writeObjectPropertyStart("lag");
        lag.bytes().ifPresent(bytes -> json.writeNumberProperty("bytes", bytes));
        lag.seconds().ifPresent(seconds -> json.writeNumberProperty("seconds", seconds));
        json.writeEndObject();
    }

    private static void slot(JsonGenerator json, SlotStatus slot) {
        json.writeObjectPropertyStart("slot");
        json.writeStringProperty("walStatus", slot.walStatus());
        json.writeBooleanProperty("active", slot.active());
        json.writeNumberProperty("retainedBytes", slot.retainedBytes());
        slot.safeWalBytes().ifPresent(bytes -> json.writeNumberProperty("safeBytes", bytes));
        lsn(json, "restartLsn", slot.restartLsn());
        lsn(json, "confirmedLsn", slot.confirmedLsn());
        json.writeEndObject();
    }

    private static void traffic(JsonGenerator json, StreamStatus.Traffic traffic) {
        json.writeObjectPropertyStart("traffic");
        json.writeNumberProperty("events", traffic.events());
        json.writeNumberProperty("bytes", traffic.bytes());
        json.writeNumberProperty("eventsPerSecond", rounded(traffic.eventsPerSecond()));
        json.writeNumberProperty("bytesPerSecond", rounded(traffic.bytesPerSecond()));
        json.writeNumberProperty("inFlightEvents", traffic.inFlightEvents());
        json.writeNumberProperty("inFlightBytes", traffic.inFlightBytes());
        json.writeEndObject();
    }

    private static double rounded(double rate) {
        return Math.round(rate * 10) / 10.0;
    }

    private static void troubles(JsonGenerator json, StreamStatus.Troubles troubles) {
        json.writeObjectPropertyStart("troubles");
        json.writeNumberProperty("errors", troubles.errors());
        json.writeNumberProperty("restarts", troubles.restarts());
        json.writeNumberProperty("retries", troubles.retries());
        counts(json, "deadLettered", troubles.deadLettered());
        counts(json, "skipped", troubles.skipped());
        counts(json, "refused", troubles.refused());
        json.writeEndObject();
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts) {
        json.writeObjectPropertyStart(name);
        counts.forEach((reason, count) -> {
            if (count > 0) {
                json.writeNumberProperty(reason, count);
            }
        });
        json.writeEndObject();
    }
}
