package dev.outbox.samples.writer;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The aggregate. Its id is never used again after it was deleted. */
@Entity
@Table(name = "persons")
class Person {

    @Id
    private UUID id = new UUID(0, 0);

    @Column(nullable = false)
    private String name = "";

    @Column(nullable = false)
    private String city = "";

    /** The events this person has had. It counts under the row's lock, so it is their commit order. */
    @Column(nullable = false)
    private long sequence;

    @Version
    private @Nullable Long version;

    protected Person() {}

    Person(UUID id, String name, String city) {
        this.id = id;
        this.name = name;
        this.city = city;
    }

    UUID id() {
        return id;
    }

    String name() {
        return name;
    }

    String city() {
        return city;
    }

    void rename(String newName) {
        this.name = newName;
    }

    void move(String newCity) {
        this.city = newCity;
    }

    /** The number of the event that is about to be published: 1 for the first one. */
    long nextSequence() {
        return ++sequence;
    }
}
