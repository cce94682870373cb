package dev.outbox.jpa.spring.app;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Transient;
import java.util.UUID;

@Entity
@Aggregate("Person")
public class Person {

    @Id
    UUID id;

    String name;

    @Transient
    private final DomainEvents events = DomainEvents.of(this);

    Person() {}

    public Person(UUID id, String name) {
        this.id = id;
        this.name = name;
    }

    public void rename(String name) {
        this.name = name;
        events.record(new PersonRenamed(name));
    }
}
