package dev.outbox.jpa.testkit;

import static dev.outbox.jpa.testkit.OutboxAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import dev.outbox.EventRecorders;
import dev.outbox.OutboxException;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.testkit.Orders.NoType;
import dev.outbox.jpa.testkit.Orders.OrderCancelled;
import dev.outbox.jpa.testkit.Orders.OrderPlaced;
import dev.outbox.jpa.testkit.Orders.OrderShipped;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Id;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What entities record, in a test that has no database. */
class RecordedEventsTest {

    private final RecordingOutbox outbox = new RecordingOutbox();

    @Aggregate("Order")
    static class Order {

        @Id
        @Nullable Long id;

        final DomainEvents events = DomainEvents.of(this);

        Order(@Nullable Long id) {
            this.id = id;
        }

        void ship(int parcel) {
            events.record(new OrderShipped(parcel), m -> m.header("tenant", "Dakar"));
        }
    }

    record ParcelId(String depot, int number) {}

    @Aggregate("Parcel")
    static class Parcel {

        @EmbeddedId
        final ParcelId id = new ParcelId("north", 7);

        final DomainEvents events = DomainEvents.of(this);
    }

    @AfterEach
    void the_thread_is_left_clean() {
        Assertions.assertThat(EventRecorders.ofCurrentThread()).isEmpty();
    }

    @Test
    void an_aggregate_at_hand_is_harvested_once_with_the_same_assertions() {
        Order order = new Order(1L);
        order.ship(1);
        order.events.recordDeferred(() -> new OrderShipped(2));

        assertThat(outbox.harvest(order))
                .published(OrderShipped.class)
                .forAggregate("Order", 1)
                .times(2);
        assertThat(outbox).withHeader("tenant", "Dakar").inOrder(new OrderShipped(1));
        assertThat(outbox.harvest(order)).times(2);
    }

    @Test
    void several_aggregates_are_harvested_in_the_order_of_their_calls() {
        Order one = new Order(1L);
        Order other = new Order(2L);
        one.ship(1);
        other.ship(2);
        one.ship(3);
        assertThat(outbox.harvest(other, one)).inOrder(new OrderShipped(1), new OrderShipped(2), new OrderShipped(3));
    }

    @Test
    void an_identifier_that_the_database_makes_is_not_there_yet() {
        Order order = new Order(null);
        order.ship(1);
        assertThat(outbox.harvest(order)).published(OrderShipped.class).forAggregate("Order", "(no id yet)");
    }

    @Test
    void an_identifier_of_a_type_of_its_own_is_as_the_application_says() {
        RecordingOutbox own = new RecordingOutbox(JpaOutbox.builder()
                .aggregateId(ParcelId.class, id -> id.depot() + "-" + id.number())
                .build());
        Parcel parcel = new Parcel();
        parcel.events.record(new OrderPlaced("tea"));
        assertThat(own.harvest(parcel)).forAggregate("Parcel", "north-7").once();
    }

    @Test
    void while_recording_all_aggregates_of_the_thread_are_seen_at_the_call() {
        try (Recording scope = outbox.recording()) {
            Assertions.assertThat(scope).isNotNull();
            new Order(1L).ship(1);
            outbox.publish("Order", 2, new OrderPlaced("tea"));
            new Order(3L).ship(3);
            assertThat(outbox).inOrder(new OrderShipped(1), new OrderPlaced("tea"), new OrderShipped(3));
        }
        new Order(4L).ship(4);
        assertThat(outbox).times(3);
    }

    @Test
    void while_recording_what_is_discarded_is_taken_back_and_what_is_deferred_is_made_at_the_end() {
        try (Recording scope = outbox.recording()) {
            Assertions.assertThat(scope).isNotNull();
            Order kept = new Order(1L);
            Order discarded = new Order(2L);
            kept.events.recordDeferred(OrderCancelled::new);
            discarded.ship(2);
            discarded.events.recordDeferred(OrderCancelled::new);
            kept.ship(1);
            discarded.events.discard();
            assertThat(outbox).inOrder(new OrderShipped(1));
        }
        assertThat(outbox).inOrder(new OrderShipped(1), new OrderCancelled());
    }

    @Test
    void what_the_real_outbox_refuses_is_refused() {
        Order order = new Order(1L);
        try (Recording scope = outbox.recording()) {
            Assertions.assertThat(scope).isNotNull();
            assertThatThrownBy(() -> order.events.record(new NoType()))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("has no event type");
            assertThatThrownBy(() -> DomainEvents.of("no aggregate").record(new OrderPlaced("tea")))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("has no aggregate type");
        }
        order.events.record(new NoType());
        assertThatThrownBy(() -> outbox.harvest(order))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("has no event type");
        assertThat(outbox).nothingPublished();
    }
}
