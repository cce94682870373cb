package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;
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
