package dev.outbox.jpa;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Transient;
import java.util.UUID;

/** The entity of the README. */
@Entity
@Aggregate("Invoice")
@SuppressWarnings("NullAway.Init")
class Invoice {

    @Id
    private UUID id;

    private boolean paid;

    @Transient
    private final DomainEvents events = DomainEvents.of(this);

    protected Invoice() {}

    Invoice(UUID id) {
        this.id = id;
    }

    boolean paid() {
        return paid;
    }

    void pay(String method) {
        paid = true;
        events.record(new InvoicePaid(id, method));
    }
}
