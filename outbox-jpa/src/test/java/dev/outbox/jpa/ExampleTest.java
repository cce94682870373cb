package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.EventType;
import jakarta.persistence.EntityManager;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an application developer writes: all of it. */
class ExampleTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final JpaOutbox OUTBOX = JpaOutbox.builder().build();

    @EventType("person.renamed.v1")
    record PersonRenamed(UUID id, String name) {}

    static void rename(EntityManager em, UUID id, String name, String tenant) {
        em.getTransaction().begin();
        em.find(Person.class, id).name = name;
        OUTBOX.on(em).publish("Person", id, new PersonRenamed(id, name), m -> m.header("tenant", tenant));
        em.getTransaction().commit();
    }

    @Test
    void the_example_works() {
        Person ada = new Person("Ada");
        database.inTransaction(em -> em.persist(ada));
        try (EntityManager em = database.factory().createEntityManager()) {
            rename(em, ada.id, "Ada Lovelace", "Dakar");
        }
        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("type", "person.renamed.v1")
                        .containsEntry("headers", "{\"tenant\":\"Dakar\"}"));
    }

    @Test
    void a_service_is_tested_without_a_database() {
        UUID id = UUID.randomUUID();
        Outbox fake = (aggregateType, aggregateId, event, options) -> id;
        assertThat(fake.publish("Person", 1, new PersonRegistered("Ada"))).isEqualTo(id);
    }
}
