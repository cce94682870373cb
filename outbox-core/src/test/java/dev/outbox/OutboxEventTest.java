package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxEventTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\0b", "a\ud83d", "\ude00a", "a\ud83da", "\ud83d\ud83d\ude42"})
    void texts_that_the_table_can_not_hold_are_refused(String text) {
        assertThatThrownBy(() -> event(text, "1", "t", Map.of())).hasMessageContaining("aggregate type");
        assertThatThrownBy(() -> event("A", text, "t", Map.of())).hasMessageContaining("aggregate id");
        assertThatThrownBy(() -> event("A", "1", text, Map.of())).hasMessageContaining("event type");
    }

    @Test
    void a_text_may_have_255_characters_as_postgresql_counts_them() {
        assertThat(event("🙂".repeat(255), "1", "t", Map.of()).aggregateType()).hasSize(510);
        assertThatThrownBy(() -> event("x".repeat(256), "1", "t", Map.of()))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("found 256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"id", "eventType", "aggregateType", "occurredAt", "contentType"})
    void reserved_header_names_are_refused(String name) {
        assertThatThrownBy(() -> event("A", "1", "t", Map.of(name, "x")))
                .hasMessageContaining("'" + name + "' is reserved");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\0"})
    void header_names_with_nothing_or_control_characters_are_refused(String name) {
        assertThatThrownBy(() -> event("A", "1", "t", Map.of(name, "x"))).isInstanceOf(OutboxException.class);
    }

    @Test
    void headers_are_taken_as_they_are_at_the_time() {
        Map<String, String> headers = new HashMap<>(Map.of("tenant", "a"));
        OutboxEvent event = event("A", "1", "t", headers);
        headers.put("tenant", "b");
        assertThat(event.headers()).containsEntry("tenant", "a");
    }

    @Test
    void its_text_form_holds_no_payload_and_no_header_value() {
        assertThat(event("A", "1", "t", Map.of("tenant", "hidden")).toString())
                .contains("6 bytes", "tenant")
                .doesNotContain("secret", "hidden");
    }

    private static OutboxEvent event(
            String aggregateType, String aggregateId, String type, Map<String, String> headers) {
        return new OutboxEvent(
                EventIds.next(),
                aggregateType,
                aggregateId,
                type,
                "secret".getBytes(StandardCharsets.UTF_8),
                headers,
                Instant.EPOCH);
    }
}
