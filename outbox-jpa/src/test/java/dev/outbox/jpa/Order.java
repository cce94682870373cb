package dev.outbox.jpa;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import dev.outbox.EventType;
import jakarta.persistence.CascadeType;
import jakarta.persistence.Entity;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.OneToMany;
import jakarta.persistence.PostPersist;
import jakarta.persistence.PostRemove;
import jakarta.persistence.PostUpdate;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** An aggregate as an application writes it, with a child that records to it. */
@Entity
@Table(name = "orders")
@Aggregate("Order")
@SuppressWarnings("NullAway.Init")
class Order {

    @EventType("order.noted.v1")
    record Noted(String note) {}

    @Id
    UUID id;

    String status = "new";

    @OneToMany(mappedBy = "order", cascade = CascadeType.ALL)
    List<Line> lines = new ArrayList<>();

    @Transient
    private final DomainEvents events = DomainEvents.of(this);

    @Transient
    Runnable inPostPersist = () -> {};

    @Transient
    Runnable inPreUpdate = () -> {};

    @Transient
    Runnable inPostUpdate = () -> {};

    @Transient
    Runnable inPostRemove = () -> {};

    protected Order() {}

    Order(UUID id) {
        this.id = id;
    }

    static Order create() {
        return new Order(UUID.randomUUID());
    }

    /** A change with its event. */
    void change(String note) {
        status = note;
        events.record(new Noted(note));
    }

    /** An event without a change. */
    void note(String note) {
        events.record(new Noted(note));
    }

    /** An event that is made at the commit. */
    void noteDeferred(String note) {
        events.recordDeferred(() -> new Noted(note));
    }

    DomainEvents events() {
        return events;
    }

    @PostPersist
    void postPersist() {
        inPostPersist.run();
    }

    @PreUpdate
    void preUpdate() {
        inPreUpdate.run();
    }

    @PostUpdate
    void postUpdate() {
        inPostUpdate.run();
    }

    @PostRemove
    void postRemove() {
        inPostRemove.run();
    }

    @Entity(name = "OrderLine")
    @SuppressWarnings("NullAway.Init")
    static class Line {

        @Id
        UUID id = UUID.randomUUID();

        int quantity;

        @ManyToOne(fetch = FetchType.LAZY)
        Order order;

        protected Line() {}

        Line(Order order) {
            this.order = order;
            order.lines.add(this);
        }

        void change(int quantity, String note) {
            this.quantity = quantity;
            DomainEvents.of(order).record(new Noted(note));
        }
    }
}
