package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.RollbackException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Events are written if and only if their transaction commits, and nothing is left to the next one. */
class TransactionTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

    @Test
    void a_rollback_leaves_nothing() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            em.persist(new Person("Ada"));
            publish(em, "Ada");
            em.flush();
            em.getTransaction().rollback();
        }
        assertThat(database.rows()).isEmpty();
        assertThat(database.people()).isZero();
    }

    @Test
    void a_rollback_leaves_nothing_for_the_next_transaction_also_when_it_goes_wrong_itself() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            publish(em, "rolled back");
            Completions.after(em, () -> {
                throw new IllegalStateException("of the application, before Outbox is told");
            });
            assertThatThrownBy(() -> em.getTransaction().rollback()).hasStackTraceContaining("of the application");

            em.getTransaction().begin();
            em.getTransaction().commit();
            assertThat(database.rows()).isEmpty();

            em.getTransaction().begin();
            publish(em, "committed");
            em.getTransaction().commit();
        }
        assertThat(database.rows()).hasSize(1);
    }

    @Test
    void a_transaction_marked_rollback_only_writes_nothing() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            publish(em, "before");
            em.getTransaction().setRollbackOnly();
            publish(em, "after");
            // Hibernate rolls back without a word here, unless hibernate.jpa.compliance.transaction is on.
            em.getTransaction().commit();

            TestDatabase.inTransaction(em, any -> publish(em, "next"));
        }
        assertThat(names()).containsExactly("next");
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void a_flush_that_fails_at_commit_leaves_nothing_and_the_next_transaction_is_its_own() {
        Person person = new Person("Ada");
        database.inTransaction(em -> em.persist(person));
        try (EntityManager em = database.factory().createEntityManager()) {
            Person duplicate = new Person("Ada again");
            duplicate.id = person.id;
            assertThatThrownBy(() -> TestDatabase.inTransaction(em, any -> {
                        publish(em, "lost with its transaction");
                        em.persist(duplicate);
                    }))
                    .isInstanceOf(RollbackException.class);
            em.clear();
            TestDatabase.inTransaction(em, any -> publish(em, "next"));
        }
        assertThat(names()).containsExactly("next");
    }

    @Test
    void transactions_on_one_entity_manager_are_each_their_own() {
        try (EntityManager em = database.factory().createEntityManager()) {
            Outbox outbox = jpaOutbox.on(em);
            TestDatabase.inTransaction(em, any -> outbox.publish("Person", 1, new PersonRegistered("first")));
            em.getTransaction().begin();
            outbox.publish("Person", 1, new PersonRegistered("rolled back"));
            em.getTransaction().rollback();
            TestDatabase.inTransaction(em, any -> {});
            TestDatabase.inTransaction(em, any -> outbox.publish("Person", 1, new PersonRegistered("second")));
        }
        assertThat(names()).containsExactly("first", "second");
        assertThat(database.calls().count("executeBatch")).isEqualTo(2);
    }

    @Test
    void an_entity_manager_closed_after_a_rollback_has_nothing_left_to_complain_about() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger hibernate = (Logger) LoggerFactory.getLogger("org.hibernate");
        log.start();
        hibernate.addAppender(log);
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            publish(em, "rolled back");
            em.getTransaction().rollback();
        } finally {
            hibernate.detachAppender(log);
        }
        assertThat(log.list).isEmpty();
    }

    @Test
    void without_a_transaction_publish_is_refused_with_what_to_do() {
        try (EntityManager em = database.factory().createEntityManager()) {
            assertThatThrownBy(() -> publish(em, "Ada"))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("No transaction is active")
                    .hasMessageContaining("begin()")
                    .hasMessageContaining("@Transactional");

            TestDatabase.inTransaction(em, any -> {});
            assertThatThrownBy(() -> publish(em, "after the commit")).isInstanceOf(OutboxException.class);
        }
        assertThat(database.rows()).isEmpty();
    }

    @Test
    void on_a_closed_entity_manager_publish_is_refused() {
        EntityManager em = database.factory().createEntityManager();
        em.close();
        assertThatThrownBy(() -> publish(em, "Ada"))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void an_entity_manager_closed_before_its_commit_still_writes() {
        EntityManager em = database.factory().createEntityManager();
        var transaction = em.getTransaction();
        transaction.begin();
        publish(em, "Ada");
        em.close();
        transaction.commit();

        assertThat(names()).containsExactly("Ada");
    }

    @Test
    void what_the_library_keeps_on_an_entity_manager_can_be_serialized_with_it() throws Exception {
        PendingEvents pending = new PendingEvents();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(pending);
        Object copy = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        try (EntityManager em = database.factory().createEntityManager()) {
            em.setProperty("dev.outbox.jpa.pending-events", copy);
            assertThat(PendingEvents.of(em)).isSameAs(copy);
            TestDatabase.inTransaction(em, any -> publish(em, "Ada"));
        }
        assertThat(names()).containsExactly("Ada");
    }

    private void publish(EntityManager em, String name) {
        jpaOutbox.on(em).publish("Person", 1, new PersonRegistered(name));
    }

    private List<String> names() {
        return database.query("SELECT payload ->> 'name' AS name FROM public.outbox ORDER BY ctid").stream()
                .map(row -> String.valueOf(row.get("name")))
                .toList();
    }
}
