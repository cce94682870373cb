package dev.outbox.samples.writer;

import dev.outbox.jpa.Outbox;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What the business does, inside one transaction that somebody else begins and ends. Each method changes a person and
 * publishes what happened; both become true together or not at all.
 *
 * <p>For use by one thread, for one transaction.
 */
final class PersonService {

    private static final String AGGREGATE_TYPE = "Person";

    private final EntityManager entityManager;
    private final Outbox outbox;
    private final List<LedgerEntry> published = new ArrayList<>();

    PersonService(EntityManager entityManager, Outbox outbox) {
        this.entityManager = entityManager;
        this.outbox = outbox;
    }

    void register(UUID id, String name, String city) {
        Person person = new Person(id, name, city);
        entityManager.persist(person);
        publish(person, new PersonRegistered(id, name, city));
    }

    void move(UUID id, String city) {
        Person person = lock(id);
        person.move(city);
        publish(person, new PersonMoved(id, city));
    }

    void rename(UUID id, String name) {
        Person person = lock(id);
        person.rename(name);
        publish(person, new PersonRenamed(id, name));
    }

    void delete(UUID id) {
        Person person = lock(id);
        publish(person, new PersonDeleted(id));
        entityManager.remove(person);
    }

    /** What was published so far in this transaction, in order. */
    List<LedgerEntry> published() {
        return List.copyOf(published);
    }

    /** The row's lock makes the order of a person's events and the order of their commits one and the same. */
    private Person lock(UUID id) {
        Person person = entityManager.find(Person.class, id, LockModeType.PESSIMISTIC_WRITE);
        if (person == null) {
            throw new PersonGoneException(id);
        }
        return person;
    }

    private void publish(Person person, PersonEvent event) {
        long sequence = person.nextSequence();
        UUID eventId = outbox.publish(
                AGGREGATE_TYPE, person.id(), event, metadata -> metadata.header("sequence", Long.toString(sequence)));
        published.add(new LedgerEntry(eventId, person.id(), sequence));
    }
}
