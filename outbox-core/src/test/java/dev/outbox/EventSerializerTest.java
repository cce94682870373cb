package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.File;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EventSerializerTest {

    record Registered(String name, Instant at) {}

    private static final Registered EVENT = new Registered("Zoë", Instant.parse("2026-03-01T12:00:00Z"));

    @Test
    void the_default_is_json_by_jackson_3() throws Exception {
        EventSerializer serializer = EventSerializer.json();
        assertThat(serializer.serialize(EVENT))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{\"name\":\"Zoë\",\"at\":\"2026-03-01T12:00:00Z\"}");
        assertThat(serializer.contentType()).isEqualTo("application/json");
    }

    @Test
    void the_mappers_of_jackson_2_and_3_fit_in_as_they_are() throws Exception {
        EventSerializer jackson2 = new com.fasterxml.jackson.databind.ObjectMapper()::writeValueAsBytes;
        EventSerializer jackson3 = new tools.jackson.databind.ObjectMapper()::writeValueAsBytes;
        assertThat(jackson2.serialize(List.of(1, 2)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[1,2]");
        assertThat(jackson3.serialize(List.of(1, 2)))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[1,2]");
    }

    @Test
    void text_passes_through_as_utf8() throws Exception {
        EventSerializer serializer = EventSerializer.text("text/csv");
        assertThat(serializer.serialize("Zoë 🌍"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("Zoë 🌍");
        assertThat(serializer.contentType()).isEqualTo("text/csv");
    }

    @Test
    void text_that_utf8_cannot_express_is_refused_and_not_replaced() {
        assertThatThrownBy(() -> EventSerializer.text("text/plain").serialize("secret\ud800"))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("half a surrogate pair")
                .hasMessageNotContaining("secret");
    }

    @Test
    void bytes_pass_through_as_they_are() throws Exception {
        byte[] bytes = {0, (byte) 0xff, (byte) 0x80};
        EventSerializer serializer = EventSerializer.bytes("application/avro");
        assertThat(serializer.serialize(bytes)).isEqualTo(bytes);
        assertThat(serializer.contentType()).isEqualTo("application/avro");
    }

    @Test
    void what_cannot_pass_through_is_refused_by_its_class() {
        assertThatThrownBy(() -> EventSerializer.text("application/json").serialize(EVENT))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("passes a String through", Registered.class.getName());
        assertThatThrownBy(() -> EventSerializer.bytes("application/avro").serialize("text"))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("passes a byte[] through", "java.lang.String");
    }

    @Test
    void without_jackson_the_default_says_what_is_missing() throws Exception {
        List<URL> withoutJackson = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (!entry.contains("jackson")) {
                withoutJackson.add(new File(entry).toURI().toURL());
            }
        }
        try (URLClassLoader loader =
                new URLClassLoader(withoutJackson.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            var json = loader.loadClass(EventSerializer.class.getName()).getMethod("json");
            assertThat(catchThrowableOfType(InvocationTargetException.class, () -> json.invoke(null))
                            .getCause())
                    .hasMessageContaining("tools.jackson.core:jackson-databind");
        }
    }
}
