package dev.outbox.jpa;

import static dev.outbox.jpa.Orders.fails;
import static dev.outbox.jpa.Orders.notes;
import static dev.outbox.jpa.Orders.persisted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventRecorders;
import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events that can't be written with their change fail the commit, and say why. */
class HarvestRefusalTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @BeforeAll
    static void harvest() {
        database.harvested();
    }

    @AfterEach
    void the_thread_is_left_clean() {
        assertThat(EventRecorders.ofCurrentThread()).isEmpty();
    }

    @Test
    void an_endless_chain_of_flush_and_event_fails_the_commit() {
        Order order = persisted();
        fails(
                em -> {
                    Order found = em.find(Order.class, order.id);
                    int[] count = {0};
                    Consumer<Runnable> callbacks = Completions.callbacks(em);
                    found.inPreUpdate = () -> callbacks.accept(() -> found.change("again " + count[0]++));
                    found.change("first");
                },
                "each of 10 flushes",
                "order.noted.v1");
    }

    @Test
    void cleared_detached_or_evicted_before_a_flush_fails_the_commit() {
        Order order = persisted();
        for (Consumer<EntityManager> away : List.<Consumer<EntityManager>>of(
                EntityManager::clear,
                em -> em.detach(em.find(Order.class, order.id)),
                em -> em.unwrap(Session.class).evict(em.find(Order.class, order.id)))) {
            fails(
                    em -> {
                        em.find(Order.class, order.id).change("lost");
                        away.accept(em);
                    },
                    "'order.noted.v1' of Order (dev.outbox.jpa.Order)",
                    "not in the persistence context",
                    "discard()");
        }
    }

    @Test
    void a_query_that_needs_no_flush_does_not_count_as_one() {
        Order order = persisted();
        fails(
                em -> {
                    em.find(Order.class, order.id).change("not flushed");
                    em.createQuery("select p from Person p", Person.class).getResultList();
                    em.clear();
                },
                "order.noted.v1");
    }

    @Test
    void a_detached_instance_that_is_not_merged_fails_the_commit() {
        Order order = persisted();
        fails(em -> order.change("lost"), "order.noted.v1", "never persisted, or was detached");
    }

    @Test
    void an_instance_that_is_never_persisted_fails_the_commit_unless_it_discards() {
        fails(em -> Order.create().change("lost"), "order.noted.v1", "never persisted");
        database.inTransaction(em -> {
            Order whatIf = Order.create();
            whatIf.change("what if");
            whatIf.events().discard();
            Order real = Order.create();
            real.note("real");
            em.persist(real);
        });
        assertThat(notes()).containsExactly("real");
    }

    @Test
    void a_session_that_does_not_flush_refuses_unless_it_was_flushed() {
        Order order = persisted();
        fails(
                em -> {
                    em.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
                    em.find(Order.class, order.id).change("lost");
                },
                "order.noted.v1",
                "flush mode MANUAL");
        database.inTransaction(em -> {
            em.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
            em.find(Order.class, order.id).change("flushed");
            em.flush();
        });
        database.inTransaction(em -> {
            em.setFlushMode(FlushModeType.COMMIT);
            em.find(Order.class, order.id).change("commit");
        });
        assertThat(notes()).containsExactly("flushed", "commit");
    }

    @Test
    void a_stateless_session_refuses_at_the_commit() {
        Order order = persisted();
        try (StatelessSession session =
                database.factory().unwrap(SessionFactory.class).openStatelessSession()) {
            assertThatThrownBy(() -> {
                        session.beginTransaction();
                        Order found = session.get(Order.class, order.id);
                        found.change("lost");
                        session.update(found);
                        session.getTransaction().commit();
                    })
                    .hasStackTraceContaining("order.noted.v1")
                    .hasStackTraceContaining("StatelessSession");
        }
        assertThat(database.query("SELECT * FROM orders WHERE status = 'lost'")).isEmpty();
    }

    @Test
    void a_second_outbox_for_the_same_factory_is_refused() {
        assertThatThrownBy(() -> JpaOutbox.builder().harvest(database.factory()).build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("Another JpaOutbox harvests");
    }
}
