package dev.outbox.relay.server.client;

import dev.outbox.relay.RelayException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** What a relay says of a stream. What it does not say is not known; members that are not known are passed over. */
public final class StreamReport {

    private static final JsonFactory JSON = new JsonFactory();

    private final Map<String, String> values;

    private StreamReport(Map<String, String> values) {
        this.values = values;
    }

    /**
     * Reads an answer of all streams.
     *
     * @throws RelayException if it is none
     */
    public static List<StreamReport> readAll(String json) {
        List<StreamReport> reports = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw unreadable(null);
            }
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                reports.add(read(parser));
            }
        } catch (JacksonException e) {
            throw unreadable(e);
        }
        return reports;
    }

    /**
     * A member of a problem or a status, such as its {@code detail}; empty if there is none, or it is no JSON.
     *
     * @param path dots between the names
     */
    public static Optional<String> member(String json, String path) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            return parser.nextToken() == JsonToken.START_OBJECT
                    ? Optional.ofNullable(read(parser).values.get(path))
                    : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private static RelayException unreadable(@Nullable JacksonException e) {
        return new RelayException(
                "Expected an array of streams as outbox-relay answers it, found something else. Does an outbox-relay"
                        + " answer there, and of this version?",
                false,
                e);
    }

    private static StreamReport read(JsonParser parser) {
        Map<String, String> values = new HashMap<>();
        members(parser, "", values);
        return new StreamReport(values);
    }

    private static void members(JsonParser parser, String prefix, Map<String, String> values) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = prefix + parser.currentName();
            JsonToken value = parser.nextToken();
            if (value == JsonToken.START_OBJECT) {
                members(parser, name + ".", values);
            } else if (value == JsonToken.START_ARRAY) {
                parser.skipChildren();
            } else if (value != JsonToken.VALUE_NULL) {
                values.put(name, parser.getString());
            }
        }
    }

    String text(String path) {
        return values.getOrDefault(path, "?");
    }

    Optional<String> known(String path) {
        return Optional.ofNullable(values.get(path));
    }

    OptionalLong number(String path) {
        try {
            return values.containsKey(path) ? OptionalLong.of(Long.parseLong(text(path))) : OptionalLong.empty();
        } catch (NumberFormatException e) {
            return OptionalLong.empty();
        }
    }

    OptionalDouble decimal(String path) {
        try {
            return values.containsKey(path)
                    ? OptionalDouble.of(Double.parseDouble(text(path)))
                    : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return OptionalDouble.empty();
        }
    }

    /** The stream's name. */
    public String name() {
        return text("name");
    }

    String state() {
        return text("state");
    }

    /** Whether all is as it should be. */
    public boolean isReady() {
        return text("ready").equals("true");
    }
}
