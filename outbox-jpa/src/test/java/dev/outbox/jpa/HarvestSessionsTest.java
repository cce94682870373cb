package dev.outbox.jpa;

import static dev.outbox.jpa.Orders.fails;
import static dev.outbox.jpa.Orders.notes;
import static dev.outbox.jpa.Orders.persisted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventRecorders;
import jakarta.persistence.EntityManager;
import java.util.concurrent.CompletableFuture;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which transaction an event belongs to, where a thread has several sessions, or a transaction several threads. */
class HarvestSessionsTest {

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
    void two_entity_managers_on_one_thread_have_each_their_own() {
        Order outer = persisted();
        Order inner = persisted();
        Order moved = Order.create();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            Order a = em.find(Order.class, outer.id);
            moved.note("recorded outside, persisted inside");
            database.inTransaction(em2 -> {
                a.note("rolled back with the outer one");
                em2.find(Order.class, inner.id).note("inner");
                em2.persist(moved);
            });
            em.getTransaction().rollback();
        }
        assertThat(notes()).containsExactly("recorded outside, persisted inside", "inner");
    }

    @Test
    void an_instance_that_its_session_has_deleted_is_still_that_sessions() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            found.inPostRemove = () -> found.note("deleted by the outer one");
            em.remove(found);
            database.inTransaction(em2 -> em.flush());
            found.note("and flushed");
        });
        assertThat(notes()).containsExactly("deleted by the outer one", "and flushed");
    }

    @Test
    void an_instance_moves_to_another_entity_manager_with_its_events_as_long_as_they_are_not_flushed() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            found.change("recorded in the one");
            em.detach(found);
            database.inTransaction(em2 -> em2.merge(found).note("merged into the other"));
            assertThat(notes()).containsExactly("recorded in the one", "merged into the other");
        });
        assertThat(notes()).hasSize(2);
    }

    @Test
    void an_instance_moves_to_another_entity_manager_and_leaves_behind_what_was_flushed() {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            Order found = em.find(Order.class, order.id);
            found.note("flushed");
            em.flush();
            em.detach(found);
            database.inTransaction(em2 -> em2.merge(found).note("merged into the other"));
            assertThat(notes()).containsExactly("merged into the other");
            em.getTransaction().commit();
        }
        assertThat(notes()).containsExactly("merged into the other", "flushed");
    }

    @Test
    void a_child_session_records_in_the_transaction_that_it_shares() {
        Order mine = persisted();
        Order childs = persisted();
        database.inTransaction(em -> {
            em.find(Order.class, mine.id).change("parent");
            try (Session child =
                    em.unwrap(Session.class).sessionWithOptions().connection().openSession()) {
                child.find(Order.class, childs.id).change("child");
                child.flush();
            }
            em.find(Order.class, mine.id).change("parent again");
        });
        assertThat(notes()).containsExactly("parent", "child", "parent again");
        assertThat(database.query("SELECT * FROM orders WHERE status LIKE '%child%'"))
                .hasSize(1);
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void a_child_session_that_is_closed_without_a_flush_fails_the_commit() {
        Order order = persisted();
        fails(
                em -> {
                    Session child = em.unwrap(Session.class)
                            .sessionWithOptions()
                            .connection()
                            .openSession();
                    child.setHibernateFlushMode(FlushMode.MANUAL);
                    child.find(Order.class, order.id).change("lost");
                    child.close();
                },
                "order.noted.v1",
                "not in the persistence context");
    }

    @Test
    void recorded_between_two_transactions_is_the_next_ones() {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            Order found = em.find(Order.class, order.id);
            found.change("before the first");
            TestDatabase.inTransaction(
                    em, any -> JpaOutbox.builder().build().on(em).flush());
            assertThat(notes()).containsExactly("before the first");
            found.change("before the second");
            TestDatabase.inTransaction(em, any -> {});
        }
        assertThat(notes()).containsExactly("before the first", "before the second");
    }

    @Test
    void recorded_between_two_transactions_and_cleared_before_a_flush_fails_the_commit() {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.find(Order.class, order.id).change("lost");
            assertThatThrownBy(() -> TestDatabase.inTransaction(em, EntityManager::clear))
                    .hasStackTraceContaining("'order.noted.v1' of Order")
                    .hasStackTraceContaining("cleared before a flush");
        }
        assertThat(notes()).isEmpty();
    }

    @Test
    void recorded_between_two_transactions_by_a_child_on_a_proxy_of_its_root() {
        Order order = Order.create();
        Order.Line line = new Order.Line(order);
        database.inTransaction(em -> em.persist(order));
        try (EntityManager em = database.factory().createEntityManager()) {
            em.find(Order.Line.class, line.id).change(7, "child");
            TestDatabase.inTransaction(em, any -> {});
        }
        assertThat(notes()).containsExactly("child");
    }

    @Test
    void recorded_between_two_transactions_and_not_to_be_serialized_fails_the_commit() {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.find(Order.class, order.id).events().record("a String has no event type");
            assertThatThrownBy(() -> TestDatabase.inTransaction(em, any -> {}))
                    .hasStackTraceContaining("has no event type");
            TestDatabase.inTransaction(em, any -> em.find(Order.class, order.id).note("next"));
        }
        assertThat(notes()).containsExactly("next");
    }

    @Test
    void recorded_on_a_thread_that_took_the_transaction_over() {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            CompletableFuture.runAsync(() -> {
                        em.find(Order.class, order.id).change("on the other thread");
                        em.getTransaction().commit();
                    })
                    .join();
        }
        assertThat(notes()).containsExactly("on the other thread");
    }

    @Test
    void published_and_recorded_on_a_thread_that_took_the_transaction_over() {
        Order order = persisted();
        JpaOutbox explicit = JpaOutbox.builder().build();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            CompletableFuture.runAsync(() -> {
                        explicit.on(em).publish("Order", 1, new Order.Noted("1 published"));
                        em.find(Order.class, order.id).change("2 recorded");
                        explicit.on(em).publish("Order", 1, new Order.Noted("3 published"));
                        em.getTransaction().commit();
                    })
                    .join();
        }
        assertThat(notes()).containsExactly("1 published", "2 recorded", "3 published");
    }

    @Test
    void a_closed_entity_manager_whose_transaction_another_thread_commits() {
        EntityManager em = database.factory().createEntityManager();
        Order order = Order.create();
        var transaction = em.getTransaction();
        transaction.begin();
        em.persist(order);
        em.close();
        CompletableFuture.runAsync(transaction::commit).join();
        assertThat(database.query("SELECT * FROM orders WHERE id = '" + order.id + "'"))
                .hasSize(1);
    }

    @Test
    void a_thread_that_has_handed_over_its_transaction_records_for_itself() {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            CompletableFuture.runAsync(() -> {
                        em.getTransaction().commit();
                        em.getTransaction().begin();
                    })
                    .join();
            order.note("before a transaction of this thread");
            // Of the session that was once this thread's; it knows nothing of the order.
            CompletableFuture.runAsync(() -> em.getTransaction().commit()).join();
            database.inTransaction(em2 -> em2.merge(order));
        }
        assertThat(notes()).containsExactly("before a transaction of this thread");
    }
}
