package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.EntityManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Publishing from the life-cycle callbacks of entities, which a provider need not allow. */
class LifeCycleCallbackTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

    @Test
    void entity_callbacks_can_publish_also_during_the_flush_of_the_commit() {
        Person person = new Person("Ada");
        try (EntityManager em = database.factory().createEntityManager()) {
            person.inCallback = () -> publish(em, "persisted");
            TestDatabase.inTransaction(em, any -> em.persist(person));
            person.inCallback = () -> publish(em, "updated");
            TestDatabase.inTransaction(em, any -> person.name = "Ada Lovelace");
        }
        assertThat(database.rows())
                .extracting(row -> row.get("payload"))
                .containsExactly("{\"name\":\"persisted\"}", "{\"name\":\"updated\"}");
    }

    private void publish(EntityManager em, String name) {
        jpaOutbox.on(em).publish("Person", 1, new PersonRegistered(name));
    }
}
