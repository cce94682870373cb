package dev.outbox.relay;

import dev.outbox.OutboxHeaders;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads the {@code headers} column, a JSON object. Strings are taken as they are, other values as the JSON text they
 * are, nulls left out. Names that Outbox sets itself are left out too, but for {@code contentType}, which the write side
 * keeps there.
 */
final class RowHeaders {

    private static final JsonFactory JSON = new JsonFactory();

    private RowHeaders() {}

    /** @throws IllegalArgumentException if the bytes are no JSON object */
    static List<RelayHeader> parse(byte[] json) {
        List<RelayHeader> headers = new ArrayList<>();
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw notAnObject(null);
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                String value = token.isStructStart() ? structure(parser, json) : parser.getString();
                boolean wanted = !OutboxHeaders.isReserved(name) || name.equals(OutboxHeaders.CONTENT_TYPE);
                if (token != JsonToken.VALUE_NULL && wanted) {
                    headers.add(new RelayHeader(name, value.getBytes(StandardCharsets.UTF_8)));
                }
            }
        } catch (JacksonException e) {
            throw notAnObject(e);
        }
        return headers;
    }

    private static String structure(JsonParser parser, byte[] json) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int to = (int) parser.currentLocation().getByteOffset();
        return new String(json, from, to - from, StandardCharsets.UTF_8);
    }

    private static IllegalArgumentException notAnObject(@Nullable JacksonException cause) {
        return new IllegalArgumentException(
                "expected a JSON object such as {\"tenant\": \"a\"}, found something else", cause);
    }
}
