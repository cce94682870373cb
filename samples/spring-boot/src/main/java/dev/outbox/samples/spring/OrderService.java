package dev.outbox.samples.spring;

import java.util.UUID;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Nothing here knows of events: the entity records them, and the transaction writes them with its change. */
@Service
@Transactional
class OrderService {

    private final Orders orders;

    OrderService(Orders orders) {
        this.orders = orders;
    }

    Order place(String customer, int quantity) {
        return orders.save(new Order(UUID.randomUUID(), customer, quantity));
    }

    /** @throws IllegalStateException if it is shipped already: everything of this transaction is undone, the event too */
    Order ship(UUID id) {
        Order order = order(id);
        order.ship();
        return order;
    }

    @Transactional(readOnly = true)
    Order order(UUID id) {
        return orders.findById(id).orElseThrow(() -> new OrderNotFoundException(id));
    }
}
