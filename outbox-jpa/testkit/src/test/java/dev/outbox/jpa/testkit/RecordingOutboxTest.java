package dev.outbox.jpa.testkit;

import static dev.outbox.jpa.testkit.OutboxAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.PayloadType;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.testkit.Orders.NoType;
import dev.outbox.jpa.testkit.Orders.OrderPlaced;
import dev.outbox.jpa.testkit.Orders.OrderShipped;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** An outbox without a database, as strict as the real one. */
class RecordingOutboxTest extends OutboxAssertContract {

    private final RecordingOutbox outbox = new RecordingOutbox();

    @Override
    void publish(Consumer<Outbox> calls) {
        calls.accept(outbox);
    }

    @Override
    OutboxAssert published() {
        return assertThat(outbox);
    }

    @Override
    String source() {
        return "the recording outbox";
    }

    @Test
    void it_records_what_publish_says_and_returns() {
        UUID id = outbox.publish("Order", 1, new OrderPlaced("tea"), m -> m.header("tenant", "Dakar"));
        assertThat(outbox.events())
                .singleElement()
                .satisfies(event -> assertThat(event.id()).isEqualTo(id));
        UUID given = new UUID(1, 2);
        assertThat(outbox.publish("Order", 1, new OrderPlaced("tea"), m -> m.id(given)))
                .isEqualTo(given);
    }

    @Test
    void it_refuses_what_the_real_one_refuses_and_records_none_of_it() {
        assertThatThrownBy(() -> outbox.publish("Order", 1, new NoType()))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("has no event type");
        assertThatThrownBy(() -> outbox.publish(" ", 1, new OrderPlaced("tea")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("aggregate type must not be blank");
        assertThatThrownBy(() -> outbox.publish("Order", 1.5, new OrderPlaced("tea")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("aggregate id of Order must be");
        assertThatThrownBy(() -> outbox.publish("Order", 1, new OrderPlaced("tea"), m -> m.header("id", "1")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("reserved");
        assertThat(outbox).nothingPublished();
    }

    @Test
    void it_has_the_applications_own_serializer_limit_column_and_contributors() {
        RecordingOutbox own = new RecordingOutbox(JpaOutbox.builder()
                .serializer(EventSerializer.text("application/json"))
                .maxPayloadBytes(4)
                .headers(event -> Map.of("tenant", "Dakar"))
                .build());
        own.publish("Order", 1, "1234", options -> options.type("order.counted.v1"));
        assertThat(own)
                .published("order.counted.v1")
                .withHeader("tenant", "Dakar")
                .inOrder("1234");
        assertThatThrownBy(() -> own.publish("Order", 1, "12345", options -> options.type("order.counted.v1")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("limit is 4");
        assertThatThrownBy(() -> own.publish("Order", 1, "\0", options -> options.type("order.counted.v1")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("without U+0000");
    }

    @Test
    void the_payload_is_frozen_at_the_call_and_shown_as_bytes_where_it_is_no_text() {
        RecordingOutbox raw = new RecordingOutbox(JpaOutbox.builder()
                .payloadType(PayloadType.BYTEA)
                .serializer(EventSerializer.bytes("application/avro"))
                .build());
        byte[] bytes = {(byte) 0xff, 1};
        raw.publish("Order", 1, bytes, options -> options.type("order.packed.v1"));
        bytes[0] = 0;
        assertThat(raw).inOrder(new byte[] {(byte) 0xff, 1});
        assertThatThrownBy(() -> assertThat(raw).nothingPublished())
                .hasMessageEndingWith("1. order.packed.v1 for Order 1 (2 bytes, beginning ff01)");
    }

    @Test
    void a_long_payload_is_cut_in_the_message() {
        outbox.publish("Order", 1, new OrderPlaced("x".repeat(1000)));
        assertThatThrownBy(() -> assertThat(outbox).nothingPublished())
                .hasMessageEndingWith("xxx... (1011 characters)");
    }

    @Test
    void what_was_published_can_be_forgotten() {
        outbox.publish("Order", 1, new OrderPlaced("tea"));
        outbox.clear();
        outbox.publish("Order", 1, new OrderShipped(1));
        assertThat(outbox).inOrder(OrderShipped.class);
    }

    @Test
    void threads_can_publish_at_once() {
        IntStream.range(0, 1000).parallel().forEach(i -> outbox.publish("Order", i, new OrderShipped(i)));
        assertThat(outbox).times(1000);
        List<String> aggregates =
                outbox.events().stream().map(OutboxEvent::aggregateId).toList();
        assertThat(aggregates).doesNotHaveDuplicates();
    }

    @Test
    void an_expected_event_that_can_not_be_serialized_says_so() {
        RecordingOutbox own = new RecordingOutbox(JpaOutbox.builder()
                .serializer(EventSerializer.text("application/json"))
                .build());
        assertThatThrownBy(() -> assertThat(own).inOrder(new OrderPlaced("tea")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("expected event of " + OrderPlaced.class.getName());
    }
}
