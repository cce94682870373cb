package dev.outbox.jpa.benchmarks;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import org.jspecify.annotations.Nullable;

/** The entity that every business transaction loads and changes. */
@Entity
@Table(name = "orders")
class Order {

    @Id
    private long id;

    @Column(nullable = false)
    private String customer = "";

    @Column(nullable = false)
    private long parcels;

    @Version
    private @Nullable Long version;

    protected Order() {}

    void ship() {
        parcels++;
    }
}
