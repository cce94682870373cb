package dev.outbox.samples.spring;

import dev.outbox.jpa.Outbox;
import java.time.Instant;
import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The whole use of the outbox: a constructor parameter, and a call beside the change. */
@Service
@Transactional
class OrderService {

    private final Orders orders;
    private final Outbox outbox;

    OrderService(Orders orders, Outbox outbox) {
        this.orders = orders;
        this.outbox = outbox;
    }

    Order place(String customer, int quantity, String tenant) {
        Order order = orders.save(new Order(UUID.randomUUID(), customer, quantity));
        outbox.publish(
                "Order",
                order.id(),
                new OrderPlaced(order.id(), customer, quantity),
                message -> message.header("tenant", tenant));
        return order;
    }

    /** @throws IllegalStateException if it is shipped already: everything of this transaction is undone, the event too */
    Order ship(UUID id, String tenant) {
        Order order = order(id);
        outbox.publish("Order", id, new OrderShipped(id, Instant.now()), message -> message.header("tenant", tenant));
        order.ship();
        return order;
    }

    @Transactional(readOnly = true)
    Order order(UUID id) {
        return orders.findById(id).orElseThrow(() -> new OrderNotFoundException(id));
    }
}
