package dev.outbox.relay.server.admin;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Bodies in JSON, one on a line. */
final class Json {

    private static final JsonFactory FACTORY = new JsonFactory();

    private Json() {}

    static byte[] object(Consumer<JsonGenerator> members) {
        return value(json -> {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        });
    }

    static <T> byte[] array(List<? extends T> elements, BiConsumer<JsonGenerator, T> element) {
        return value(json -> {
            json.writeStartArray();
            elements.forEach(one -> element.accept(json, one));
            json.writeEndArray();
        });
    }

    static byte[] value(Consumer<JsonGenerator> value) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            value.accept(json);
            json.writeRaw('\n');
        }
        return bytes.toByteArray();
    }
}
