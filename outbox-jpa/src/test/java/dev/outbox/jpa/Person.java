package dev.outbox.jpa;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.PrePersist;
import jakarta.persistence.PreUpdate;
import jakarta.persistence.Transient;
import java.util.UUID;

/** The business data of the tests, with a seam into its own life-cycle callbacks. */
@Entity
@SuppressWarnings("NullAway.Init")
class Person {

    @Id
    UUID id;

    String name;

    @Transient
    Runnable inCallback = () -> {};

    protected Person() {}

    Person(String name) {
        this.id = UUID.randomUUID();
        this.name = name;
    }

    @PrePersist
    @PreUpdate
    void callback() {
        inCallback.run();
    }
}
