package dev.outbox.samples.spring;

import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping("/orders")
class OrderController {

    private final OrderService service;

    OrderController(OrderService service) {
        this.service = service;
    }

    /** What a client sends to place an order. */
    record NewOrder(String customer, int quantity) {}

    /** What a client sees of an order. */
    record OrderView(UUID id, String customer, int quantity, Order.Status status) {

        static OrderView of(Order order) {
            return new OrderView(order.id(), order.customer(), order.quantity(), order.status());
        }
    }

    @PostMapping
    @ResponseStatus(HttpStatus.CREATED)
    OrderView place(@RequestBody NewOrder order) {
        return OrderView.of(service.place(order.customer(), order.quantity()));
    }

    @PostMapping("/{id}/shipment")
    OrderView ship(@PathVariable("id") UUID id) {
        return OrderView.of(service.ship(id));
    }

    @GetMapping("/{id}")
    OrderView order(@PathVariable("id") UUID id) {
        return OrderView.of(service.order(id));
    }

    @ExceptionHandler(OrderNotFoundException.class)
    @ResponseStatus(HttpStatus.NOT_FOUND)
    void notFound() {}

    @ExceptionHandler(IllegalStateException.class)
    @ResponseStatus(HttpStatus.CONFLICT)
    void conflict() {}
}
