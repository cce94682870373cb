package dev.outbox.jpa.spring.app;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.util.UUID;

@Entity
public class Person {

    @Id
    UUID id;

    String name;

    Person() {}

    public Person(UUID id, String name) {
        this.id = id;
        this.name = name;
    }
}
