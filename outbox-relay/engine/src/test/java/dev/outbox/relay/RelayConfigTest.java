package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RelayConfigTest {

    @Test
    void every_mistake_is_listed_at_once() {
        assertThatThrownBy(() -> RelayConfig.builder("mysql://x")
                        .slot("Slot")
                        .publication("a\"b")
                        .topic("{aggregate}.events")
                        .routes(Map.of("Person", "a topic"))
                        .maxBytesInFlight(5)
                        .walSenderTimeout(Duration.ofMillis(5))
                        .build())
                .isInstanceOf(RelayException.class)
                .message()
                .contains(
                        "url: expected jdbc:postgresql:",
                        "slot: expected 1 to 63 lower-case",
                        "publication: expected",
                        "topic: expected {aggregateType} as the only variable",
                        "routes.Person: expected a topic name",
                        "max-bytes-in-flight: expected at least 1048576",
                        "wal-sender-timeout: expected at least 1 second");
    }

    @Test
    void defaults_are_enough() {
        RelayConfig config =
                RelayConfig.builder("jdbc:postgresql://localhost/shop").build();
        assertThat(config.slot()).isEqualTo("outbox");
        assertThat(config.topic()).hasToString("outbox.event.{aggregateType}");
    }

    @Test
    void a_url_that_can_not_be_read_is_refused_and_not_repeated() {
        for (String url : new String[] {
            "jdbc:postgresql://localhost:5432/shop?user=u&password=100%geheim",
            "jdbc:postgresql://localhost:geheim/shop",
            "postgres://u:geheim@localhost/shop"
        }) {
            assertThatThrownBy(() -> RelayConfig.builder(url).build())
                    .message()
                    .startsWith("url: expected jdbc:postgresql://host:port/database")
                    .doesNotContain("geheim");
        }
    }

    @Test
    void no_text_form_holds_a_secret() {
        RelayConfig config = RelayConfig.builder("jdbc:postgresql://localhost/shop?password=hunter2")
                .password("hunter2")
                .build();
        assertThat(config.toString()).doesNotContain("hunter2").contains("localhost/shop");
    }
}
