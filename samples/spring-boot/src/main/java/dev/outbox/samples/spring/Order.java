package dev.outbox.samples.spring;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.time.Instant;
import java.util.UUID;

@Entity
@Table(name = "orders")
@Aggregate("Order")
class Order {

    enum Status {
        PLACED,
        SHIPPED
    }

    @Id
    private UUID id;

    private String customer;

    private int quantity;

    @Enumerated(EnumType.STRING)
    private Status status = Status.PLACED;

    @Transient
    private final DomainEvents events = DomainEvents.of(this);

    /** For Hibernate. */
    @SuppressWarnings("NullAway.Init")
    protected Order() {}

    Order(UUID id, String customer, int quantity) {
        this.id = id;
        this.customer = customer;
        this.quantity = quantity;
        events.record(new OrderPlaced(id, customer, quantity));
    }

    UUID id() {
        return id;
    }

    String customer() {
        return customer;
    }

    int quantity() {
        return quantity;
    }

    Status status() {
        return status;
    }

    void ship() {
        if (status == Status.SHIPPED) {
            throw new IllegalStateException("Order " + id + " is shipped already.");
        }
        status = Status.SHIPPED;
        events.record(new OrderShipped(id, Instant.now()));
    }
}
