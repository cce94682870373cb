package dev.outbox.jpa.testkit;

import dev.outbox.EventType;

/** The events of the tests. */
final class Orders {

    private Orders() {}

    @EventType("order.placed.v1")
    record OrderPlaced(String item) {}

    @EventType("order.shipped.v1")
    record OrderShipped(int parcel) {}

    @EventType("order.cancelled.v1")
    record OrderCancelled() {}

    record NoType() {}
}
