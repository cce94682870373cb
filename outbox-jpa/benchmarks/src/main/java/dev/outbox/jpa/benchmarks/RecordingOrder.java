package dev.outbox.jpa.benchmarks;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Transient;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/** The same order, which records its events itself. */
@Entity
@Table(name = "orders")
@Aggregate(OrderShipped.AGGREGATE_TYPE)
class RecordingOrder {

    @Id
    private long id;

    @Column(nullable = false)
    private String customer = "";

    @Column(nullable = false)
    private long parcels;

    @Version
    private @Nullable Long version;

    @Transient
    private final DomainEvents domainEvents = DomainEvents.of(this);

    protected RecordingOrder() {}

    void ship(int events) {
        parcels++;
        for (int i = 0; i < events; i++) {
            domainEvents.record(OrderShipped.number(i, id));
        }
    }
}
