package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What is said beside an event, published or recorded, is refused where it is said. */
@SuppressWarnings("NullAway") // Callers that are not checked for nullness pass null.
class EventOptionsTest {

    private final Object aggregate = new Object();
    private final DomainEvents events = DomainEvents.of(aggregate);

    @Test
    void a_recorded_event_has_headers_an_id_and_a_name_of_its_own() {
        UUID id = UUID.randomUUID();
        events.record("shipped", m -> m.header("tenant", "acme").id(id).type("order.shipped.v1"));
        events.recordDeferred(() -> "later", m -> m.header("tenant", "other"));
        events.record("alone");

        List<RecordedEvent> recorded = EventRecorders.takeHeld(aggregate);
        assertThat(recorded)
                .extracting(event -> event.options().headers().get("tenant"))
                .containsExactly("acme", "other", null);
        EventOptions options = recorded.get(0).options();
        assertThat(options.id()).isEqualTo(id).isNotEqualTo(recorded.get(0).id());
        assertThat(options.type()).isEqualTo("order.shipped.v1");
        assertThat(options.toString()).contains("tenant").doesNotContain("acme");
    }

    @Test
    void what_can_not_be_a_header_is_refused_at_the_call_and_nothing_is_recorded() {
        refused(m -> m.header("id", "1"), "'id' is reserved");
        refused(m -> m.header("contentType", "1"), "'contentType' is reserved");
        refused(m -> m.header("a\nb", "1"), "control characters");
        refused(m -> m.header("", "1"), "must not be blank");
        refused(m -> m.header(null, "1"), "needs a name and a value");
        refused(m -> m.header("tenant", null), "needs a name and a value");
        refused(m -> m.header("tenant", "secret\0"), "header 'tenant' must not contain U+0000");
        refused(m -> m.header("tenant", "secret\ud800"), "header 'tenant'");
        refused(null, "options must not be null");
    }

    @Test
    void options_that_are_kept_for_later_refuse() {
        List<EventOptions> kept = new ArrayList<>();
        events.record("shipped", kept::add);
        for (Consumer<EventOptions> late : List.<Consumer<EventOptions>>of(
                m -> m.header("tenant", "acme"), m -> m.id(UUID.randomUUID()), m -> m.type("order.shipped.v1"))) {
            assertThatThrownBy(() -> late.accept(kept.get(0)))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("after the call");
            assertThatThrownBy(() -> late.accept(EventOptions.NONE)).isInstanceOf(OutboxException.class);
        }
        assertThat(EventRecorders.takeHeld(aggregate)).hasSize(1);
    }

    private void refused(Consumer<EventOptions> options, String message) {
        assertThatThrownBy(() -> events.record("shipped", options))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining(message)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> events.recordDeferred(() -> "shipped", options))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining(message);
        assertThat(EventRecorders.takeHeld(aggregate)).isEmpty();
    }
}
