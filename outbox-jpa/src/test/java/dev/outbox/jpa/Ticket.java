package dev.outbox.jpa;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Transient;

/** An aggregate whose id the database makes at the insert. */
@Entity
@Aggregate("Ticket")
class Ticket {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    long id;

    @Transient
    final DomainEvents events = DomainEvents.of(this);
}
