package dev.outbox.jpa.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import dev.outbox.jpa.Outbox;
import dev.outbox.jpa.testkit.Orders.NoType;
import dev.outbox.jpa.testkit.Orders.OrderCancelled;
import dev.outbox.jpa.testkit.Orders.OrderPlaced;
import dev.outbox.jpa.testkit.Orders.OrderShipped;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every assertion accepts, and what it says of what it doesn't: the same for everything that holds events. */
abstract class OutboxAssertContract {

    private static final String ALL = """
            but it published 4 events:
              1. order.placed.v1 for Order 1 {"item":"tea"}
              2. order.placed.v1 for Order 2 headers {tenant=Dakar, user=me} {"item":"cup"}
              3. order.shipped.v1 for Order 1 headers {tenant=Thiès} {"parcel":1}
              4. order.shipped.v1 for Order 1 {"parcel":2}""";

    /** Runs the publish calls, in one transaction where there is one. */
    abstract void publish(Consumer<Outbox> calls);

    abstract OutboxAssert published();

    /** How messages name it. */
    abstract String source();

    private OutboxAssert orders() {
        publish(outbox -> {
            outbox.publish("Order", 1, new OrderPlaced("tea"));
            outbox.publish(
                    "Order",
                    2,
                    new OrderPlaced("cup"),
                    m -> m.header("tenant", "Dakar").header("user", "me"));
            outbox.publish("Order", 1, new OrderShipped(1), m -> m.header("tenant", "Thiès"));
            outbox.publish("Order", 1, new OrderShipped(2));
        });
        return published();
    }

    @Test
    void each_step_narrows_the_events_down() {
        OutboxAssert orders = orders();
        orders.published(OrderShipped.class)
                .forAggregate("Order", 1)
                .times(2)
                .withHeader("tenant", "Thiès")
                .once();
        orders.published("order.placed.v1").withHeader("user").forAggregate("Order", "2");
        orders.forAggregate("Order", 1).withoutHeader("tenant").times(2);
        orders.withPayload("{\"parcel\":2}").published(OrderShipped.class).once();
        orders.published(OrderShipped.class)
                .withPayloadSatisfying(json -> assertThat(json).contains("2"));
        orders.times(4);
    }

    @Test
    void an_event_that_was_not_published() {
        fails(
                () -> orders().published(OrderCancelled.class),
                "to have published an event:\n  type order.cancelled.v1\n" + ALL);
    }

    @Test
    void an_event_that_was_not_published_where_nothing_was() {
        fails(
                () -> published().published(OrderCancelled.class),
                "to have published an event:\n  type order.cancelled.v1\nbut it published nothing");
    }

    @Test
    void an_event_of_another_aggregate() {
        fails(
                () -> orders().published(OrderShipped.class).forAggregate("Order", 2),
                "to have published an event:\n  type order.shipped.v1, for Order 2\n" + ALL);
    }

    @Test
    void an_event_with_other_headers() {
        OutboxAssert orders = orders();
        fails(
                () -> orders.published(OrderShipped.class).withHeader("tenant", "Dakar"),
                "to have published an event:\n  type order.shipped.v1, with header tenant=Dakar\n" + ALL);
        fails(() -> orders.withHeader("trace"), "to have published an event:\n  with header trace\n" + ALL);
        fails(
                () -> orders.forAggregate("Order", 2).withoutHeader("user"),
                "to have published an event:\n  for Order 2, without header user\n" + ALL);
    }

    @Test
    void an_event_with_another_payload() {
        OutboxAssert orders = orders();
        fails(
                () -> orders.published(OrderPlaced.class).withPayload("{}"),
                "to have published an event:\n  type order.placed.v1, with payload {}\n" + ALL);
        fails(
                () -> orders.forAggregate("Order", 2).withPayloadSatisfying(json -> {
                    throw new AssertionError("no " + json);
                }),
                """
                to have published an event:
                  for Order 2, with a payload that passes the assertions
                    order.placed.v1: no {"item":"cup"}
                """ + ALL);
    }

    @Test
    void another_number_of_events() {
        OutboxAssert orders = orders();
        fails(
                () -> orders.published(OrderShipped.class).once(),
                "to have published 1 event:\n  type order.shipped.v1\nand not 2,\n" + ALL);
        fails(() -> orders.times(5), "to have published 5 events\nand not 4,\n" + ALL);
    }

    @Test
    void the_order_of_types() {
        OutboxAssert orders = orders();
        orders.forAggregate("Order", 1).inOrder(OrderPlaced.class, OrderShipped.class, OrderShipped.class);
        fails(() -> orders.forAggregate("Order", 1).inOrder(OrderShipped.class, OrderPlaced.class), """
                to have published, in this order and no others:
                  1. order.shipped.v1
                  2. order.placed.v1
                among the events:
                  for Order 1
                """ + ALL);
        fails(
                () -> orders.inOrder(OrderPlaced.class),
                "to have published, in this order and no others:\n  1. order.placed.v1\n" + ALL);
    }

    @Test
    void the_order_of_events() {
        OutboxAssert orders = orders();
        orders.published(OrderShipped.class).forAggregate("Order", 1).inOrder(new OrderShipped(1), new OrderShipped(2));
        orders.inOrder(new OrderPlaced("tea"), new OrderPlaced("cup"), new OrderShipped(1), new OrderShipped(2));
        fails(() -> orders.published(OrderShipped.class).inOrder(new OrderShipped(2), new OrderShipped(1)), """
                to have published, in this order and no others:
                  1. order.shipped.v1 {"parcel":2}
                  2. order.shipped.v1 {"parcel":1}
                among the events:
                  type order.shipped.v1
                """ + ALL);
        fails(() -> orders.published(OrderShipped.class).inOrder(new OrderShipped(1)), """
                to have published, in this order and no others:
                  1. order.shipped.v1 {"parcel":1}
                among the events:
                  type order.shipped.v1
                """ + ALL);
    }

    @Test
    void events_of_another_class_with_the_same_payload_are_others() {
        publish(outbox -> outbox.publish("Order", 1, new OrderCancelled()));
        published().inOrder(new OrderCancelled());
        fails(() -> published().inOrder(new OrderPlaced("tea")), """
                to have published, in this order and no others:
                  1. order.placed.v1 {"item":"tea"}
                but it published 1 event:
                  1. order.cancelled.v1 for Order 1 {}""");
    }

    @Test
    void nothing_published() {
        published().nothingPublished();
        published().times(0);
        fails(() -> orders().nothingPublished(), "to have published nothing\n" + ALL);
    }

    @Test
    void nothing_published_of_a_class() {
        OutboxAssert orders = orders();
        orders.notPublished(OrderCancelled.class).forAggregate("Order", 2).notPublished(OrderShipped.class);
        fails(
                () -> orders.forAggregate("Order", 1).notPublished(OrderShipped.class),
                "not to have published an event:\n  for Order 1, type order.shipped.v1\n" + ALL);
    }

    @Test
    void nothing_published_for_an_aggregate() {
        OutboxAssert orders = orders();
        orders.nothingPublishedFor("Order", 3).nothingPublishedFor("Invoice", 1);
        fails(() -> orders.nothingPublishedFor("Order", 2), "not to have published an event:\n  for Order 2\n" + ALL);
    }

    @Test
    void a_class_without_an_event_type_can_not_have_been_published() {
        assertThatThrownBy(() -> published().published(NoType.class))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining(NoType.class.getName() + " has no @EventType");
        assertThatThrownBy(() -> published().notPublished(NoType.class)).isInstanceOf(OutboxException.class);
    }

    @Test
    void a_description_stays_with_every_step() {
        assertThatThrownBy(() ->
                        orders().as("the checkout").forAggregate("Order", 1).published(OrderCancelled.class))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("[the checkout] ");
    }

    private void fails(ThrowingCallable assertion, String message) {
        assertThatThrownBy(assertion)
                .isExactlyInstanceOf(AssertionError.class)
                .hasMessage("\nExpecting " + source() + "\n" + message);
    }
}
