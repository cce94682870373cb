package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.RollbackException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The transactions of a provider that lets nobody in right before a commit. */
class EclipseLinkTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

    @Test
    void hibernate_is_not_on_the_classpath() {
        assertThatThrownBy(() -> Class.forName("org.hibernate.Session")).isInstanceOf(ClassNotFoundException.class);
    }

    @Test
    void each_event_is_written_at_its_call_in_the_transaction_of_the_change() {
        database.inTransaction(em -> {
            em.persist(new Person("Ada"));
            publish(em, "0");
            assertThat(database.calls().count("executeBatch")).isEqualTo(1);
            assertThat(database.rows()).as("seen by others before the commit").isEmpty();
            publish(em, "1");
        });
        assertThat(names()).containsExactly("0", "1");
        assertThat(database.people()).isEqualTo(1);
        assertThat(database.query("SELECT DISTINCT o.xid = p.xmin::text::xid8 AS same FROM public.outbox o, Person p"))
                .extracting(row -> row.get("same"))
                .containsExactly("t");
    }

    @Test
    void a_rollback_leaves_nothing_and_the_next_transaction_is_its_own() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            em.persist(new Person("Ada"));
            publish(em, "rolled back");
            em.getTransaction().rollback();
            em.getTransaction().begin();
            publish(em, "marked");
            em.getTransaction().setRollbackOnly();
            assertThatThrownBy(em.getTransaction()::commit).isInstanceOf(RollbackException.class);
            TestDatabase.inTransaction(em, any -> publish(em, "next"));
        }
        assertThat(names()).containsExactly("next");
        assertThat(database.people()).isZero();
    }

    @Test
    void a_flush_that_fails_at_commit_leaves_nothing() {
        Person person = new Person("Ada");
        database.inTransaction(em -> em.persist(person));
        assertThatThrownBy(() -> database.inTransaction(em -> {
                    Person duplicate = new Person("Ada again");
                    duplicate.id = person.id;
                    em.persist(duplicate);
                    publish(em, "lost with its transaction");
                }))
                .isInstanceOf(RollbackException.class);
        assertThat(database.rows()).isEmpty();
    }

    @Test
    void an_event_that_could_not_be_written_can_not_be_committed_without_by_an_application_that_catches() {
        database.execute("DROP TABLE public.outbox");
        assertThatThrownBy(() -> database.inTransaction(em -> {
                    em.persist(new Person("Ada"));
                    assertThatThrownBy(() -> publish(em, "Ada"))
                            .isInstanceOf(OutboxException.class)
                            .hasMessageContaining("42P01");
                }))
                .isInstanceOf(RollbackException.class);
        assertThat(database.people()).isZero();
    }

    @Test
    void life_cycle_callbacks_can_publish_and_flush_has_nothing_to_do() {
        Person person = new Person("Ada");
        database.inTransaction(em -> {
            person.inCallback = () -> publish(em, "persisted");
            em.persist(person);
            jpaOutbox.on(em).flush();
        });
        assertThat(names()).containsExactly("persisted");
    }

    @Test
    void on_a_closed_entity_manager_and_outside_a_transaction_everything_is_refused() {
        EntityManager em = database.factory().createEntityManager();
        refusesEverything(em);
        em.close();
        refusesEverything(em);
        assertThat(database.rows()).isEmpty();
    }

    @Test
    void harvesting_is_refused_at_the_start() {
        assertThatThrownBy(() -> JpaOutbox.builder().harvest(database.factory()).build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll(
                        "Harvesting needs an EntityManagerFactory of Hibernate ORM",
                        "org.eclipse.persistence.internal.jpa.EntityManagerFactoryImpl",
                        "Publish explicitly");
    }

    private void refusesEverything(EntityManager em) {
        for (Runnable call : List.<Runnable>of(
                () -> publish(em, "Ada"),
                jpaOutbox.on(em)::flush,
                () -> JpaInbox.on(em).expire(Duration.ofDays(1), 1))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContainingAll("No transaction is active", "@Transactional");
        }
    }

    private void publish(EntityManager em, String name) {
        jpaOutbox.on(em).publish("Person", 1, new PersonRegistered(name));
    }

    private static List<String> names() {
        return database.query("SELECT payload ->> 'name' AS name FROM public.outbox ORDER BY ctid").stream()
                .map(row -> String.valueOf(row.get("name")))
                .toList();
    }
}
