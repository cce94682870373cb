package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DomainEventsTest {

    private final List<EventRecorder> entered = new ArrayList<>();

    /** What an application's entity looks like, seen by Jackson through its fields too. */
    @com.fasterxml.jackson.annotation.JsonAutoDetect(
            fieldVisibility = com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility.ANY)
    static class Order implements Serializable {
        private static final long serialVersionUID = 1L;
        String name = "A-7";
        private final DomainEvents events = DomainEvents.of(this);

        void ship() {
            events.record("shipped");
        }

        @Override
        public String toString() {
            return "Order " + name + " " + events;
        }
    }

    private static final class Transaction implements EventRecorder {
        final List<Object> recorded = new ArrayList<>();
        boolean active = true;
        Object managed = new Object();
        Class<?> mapped = Object.class;

        @Override
        public boolean active() {
            return active;
        }

        @Override
        public boolean manages(Object aggregate) {
            return aggregate == managed;
        }

        @Override
        public boolean maps(Object aggregate) {
            return mapped.isInstance(aggregate);
        }

        @Override
        public void record(Object aggregate, RecordedEvent event) {
            recorded.add(event.event());
        }

        @Override
        public void discard(Object aggregate) {
            recorded.clear();
        }
    }

    @AfterEach
    void leave() {
        entered.forEach(EventRecorders::leave);
    }

    @Test
    void without_a_transaction_events_wait_for_one_that_takes_this_very_instance() {
        Order order = new Order();
        order.ship();
        order.ship();

        assertThat(EventRecorders.takeHeld(new Order())).isEmpty();
        assertThat(EventRecorders.takeHeld(order))
                .extracting(RecordedEvent::event)
                .containsExactly("shipped", "shipped");
        assertThat(EventRecorders.takeHeld(order)).isEmpty();
    }

    @Test
    void in_a_transaction_events_go_to_it_and_to_the_one_that_manages_the_aggregate_before_an_inner_one() {
        Order order = new Order();
        Transaction outer = enter();
        Transaction inner = enter();
        order.ship();
        assertThat(inner.recorded).hasSize(1);
        outer.managed = order;
        order.ship();
        assertThat(outer.recorded).hasSize(1);
        outer.managed = new Object();
        inner.mapped = String.class;
        order.ship();
        assertThat(outer.recorded).as("the inner one can't have it").hasSize(2);
    }

    @Test
    void a_transaction_that_ended_on_another_thread_takes_nothing() {
        Transaction transaction = enter();
        transaction.active = false;
        Order order = new Order();
        order.ship();
        assertThat(transaction.recorded).isEmpty();
        assertThat(EventRecorders.takeHeld(order)).hasSize(1);
    }

    @Test
    void discard_takes_back_what_waits_and_what_was_taken() {
        Order order = new Order();
        order.ship();
        Transaction transaction = enter();
        order.ship();
        order.events.discard();
        assertThat(transaction.recorded).isEmpty();
        assertThat(EventRecorders.takeHeld(order)).isEmpty();
    }

    @Test
    void they_are_serialized_without_events_and_record_again_afterwards() throws Exception {
        Order order = new Order();
        order.ship();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(order);
        Order copy = (Order) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        assertThat(EventRecorders.takeHeld(copy)).isEmpty();
        copy.ship();
        assertThat(EventRecorders.takeHeld(copy)).hasSize(1);
        assertThat(EventRecorders.takeHeld(order)).hasSize(1);
    }

    @Test
    void both_jacksons_leave_them_out_even_where_they_look_at_fields() throws Exception {
        Order order = new Order();
        order.ship();
        assertThat(new tools.jackson.databind.ObjectMapper().writeValueAsString(order))
                .isEqualTo("{\"name\":\"A-7\"}");
        assertThat(new com.fasterxml.jackson.databind.ObjectMapper().writeValueAsString(order))
                .isEqualTo("{\"name\":\"A-7\"}");
        assertThat(EventRecorders.takeHeld(order)).hasSize(1);
    }

    @Test
    void to_string_leads_neither_in_circles_nor_to_data() {
        assertThat(new Order()).hasToString("Order A-7 DomainEvents");
    }

    @Test
    @SuppressWarnings("NullAway")
    void null_is_refused() {
        assertThatThrownBy(() -> DomainEvents.of(null)).isInstanceOf(OutboxException.class);
        assertThatThrownBy(() -> DomainEvents.of("A").record(null)).isInstanceOf(OutboxException.class);
        assertThatThrownBy(() -> DomainEvents.of("A").recordDeferred(null)).isInstanceOf(OutboxException.class);
    }

    private Transaction enter() {
        Transaction transaction = new Transaction();
        entered.add(transaction);
        EventRecorders.enter(transaction);
        return transaction;
    }
}
