package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Position;
import dev.outbox.relay.SourceIdentity;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.status.Paused;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Position records as JSON, to be read by people too: LSNs as PostgreSQL prints them, times in ISO-8601. Members that are
 * not known are passed over, so that they can be added without a new version.
 */
final class PositionFormat {

    /** To be raised when a relay that doesn't know of the change would go on in the wrong place. */
    static final int VERSION = 1;

    private static final Set<String> NESTED = Set.of(AdoptedFormat.NAME, PausedFormat.NAME);
    private static final JsonFactory JSON = new JsonFactory();

    private PositionFormat() {}

    static byte[] write(PositionRecord record, Instant writtenAt) {
        Checkpoint checkpoint = record.checkpoint();
        SourceIdentity source = checkpoint.source();
        Position position = checkpoint.position();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeNumberProperty("version", VERSION);
            json.writeNumberProperty("epoch", record.epoch());
            json.writeStringProperty("systemIdentifier", source.systemIdentifier());
            json.writeNumberProperty("timeline", position.timeline());
            json.writeStringProperty("slot", source.slot());
            json.writeNumberProperty("publicationOid", source.publicationOid());
            json.writeNumberProperty("entryOid", source.entryOid());
            json.writeNumberProperty("tableOid", source.tableOid());
            json.writeStringProperty("commitLsn", position.commitLsn().toString());
            json.writeNumberProperty("index", position.index());
            json.writeStringProperty(
                    "confirmableLsn", checkpoint.confirmableLsn().toString());
            json.writeStringProperty("checkedLsn", checkpoint.checkedLsn().toString());
            if (checkpoint.committedAtMillis() != 0) {
                json.writeStringProperty(
                        "committedAt",
                        Instant.ofEpochMilli(checkpoint.committedAtMillis()).toString());
            }
            json.writeStringProperty("writtenAt", writtenAt.toString());
            if (record.transactionalId() != null) {
                json.writeStringProperty("transactionalId", record.transactionalId());
            }
            if (record.adopted() != null) {
                AdoptedFormat.write(json, record.adopted());
            }
            if (record.paused() != null) {
                PausedFormat.write(json, record.paused());
            }
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** @throws IllegalArgumentException if the bytes are no position record, or one of a newer version; says what is */
    static PositionRecord read(byte[] bytes) {
        Members members = new Members(parse(bytes));
        long version = members.number("version");
        if (version > VERSION) {
            throw new IllegalArgumentException("Expected a position record of version " + VERSION
                    + " or older, found version " + version + ": a newer outbox-relay wrote it. Run that one.");
        }
        SourceIdentity source = new SourceIdentity(
                members.text("systemIdentifier"),
                members.text("slot"),
                members.number("publicationOid"),
                members.number("entryOid"),
                members.number("tableOid"));
        Position position =
                new Position((int) members.number("timeline"), members.lsn("commitLsn"), members.number("index"));
        Checkpoint checkpoint = new Checkpoint(
                source,
                position,
                members.lsn("confirmableLsn"),
                members.lsn("checkedLsn"),
                members.millis("committedAt"));
        return new PositionRecord(
                members.number("epoch"),
                checkpoint,
                members.values.get("transactionalId"),
                members.adopted(),
                members.paused());
    }

    private static Map<String, String> parse(byte[] bytes) {
        Map<String, String> members = new HashMap<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw malformed("something else", null);
            }
            members(parser, "", members);
        } catch (JacksonException e) {
            throw malformed("something else", e);
        }
        return members;
    }

    private static void members(JsonParser parser, String prefix, Map<String, String> members) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = prefix + parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT && NESTED.contains(name)) {
                members.put(name, "");
                members(parser, name + ".", members);
            } else if (value.isStructStart()) {
                members.put(name, "");
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                members.put(name, parser.getString());
            }
        }
    }

    private record Members(Map<String, String> values) {

        /** No reason to stop for, whatever became of it. */
        @Nullable Adopted adopted() {
            try {
                return AdoptedFormat.read(under(AdoptedFormat.NAME));
            } catch (IllegalArgumentException | DateTimeException e) {
                return null;
            }
        }

        /** Whatever became of it, it is there. */
        @Nullable Paused paused() {
            return values.containsKey(PausedFormat.NAME) ? PausedFormat.read(under(PausedFormat.NAME)) : null;
        }

        private Map<String, String> under(String object) {
            String prefix = object + ".";
            Map<String, String> members = new HashMap<>();
            values.forEach((name, value) -> {
                if (name.startsWith(prefix)) {
                    members.put(name.substring(prefix.length()), value);
                }
            });
            return members;
        }

        String text(String name) {
            String value = values.get(name);
            if (value == null) {
                throw malformed("one without '" + name + "'", null);
            }
            return value;
        }

        long number(String name) {
            try {
                return Long.parseLong(text(name));
            } catch (NumberFormatException e) {
                throw malformed("one with no number as '" + name + "'", e);
            }
        }

        LogSequenceNumber lsn(String name) {
            try {
                return LogSequenceNumber.parse(text(name));
            } catch (IllegalArgumentException e) {
                throw malformed("one with no LSN as '" + name + "'", e);
            }
        }

        long millis(String name) {
            String value = values.get(name);
            try {
                return value == null ? 0 : Instant.parse(value).toEpochMilli();
            } catch (DateTimeException e) {
                throw malformed("one with no time as '" + name + "'", e);
            }
        }
    }

    private static IllegalArgumentException malformed(String found, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "Expected a position record, a JSON object as outbox-relay writes it, found " + found + ".", cause);
    }
}
