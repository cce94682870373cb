package dev.outbox.jpa;

import static dev.outbox.jpa.Orders.notes;
import static dev.outbox.jpa.Orders.persisted;
import static org.assertj.core.api.Assertions.assertThat;

import jakarta.persistence.EntityManager;
import jakarta.persistence.criteria.CriteriaUpdate;
import java.sql.Connection;
import java.sql.Savepoint;
import org.hibernate.Session;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What Hibernate does not tell the harvest: savepoints, and changes that no entity has a part in. */
class HarvestLimitsTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final JpaOutbox EXPLICIT = JpaOutbox.builder().build();

    @BeforeAll
    static void harvest() {
        database.harvested();
    }

    @Test
    void an_event_after_a_savepoint_is_written_although_its_change_is_rolled_back() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            found.change("before");
            em.flush();
            Savepoint savepoint = savepoint(em);
            found.change("after");
            em.flush();
            rollback(em, savepoint);
        });
        assertThat(notes()).containsExactly("before", "after");
        assertThat(status(order)).isEqualTo("before");
    }

    @Test
    void an_event_that_is_flushed_to_the_outbox_after_a_savepoint_is_rolled_back_with_its_change() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            found.change("before");
            EXPLICIT.on(em).flush();
            Savepoint savepoint = savepoint(em);
            found.change("after");
            EXPLICIT.on(em).flush();
            rollback(em, savepoint);
            em.refresh(found);
            found.note("and on");
        });
        assertThat(notes()).containsExactly("before", "and on");
        assertThat(status(order)).isEqualTo("before");
    }

    @Test
    void a_bulk_update_has_no_event_but_the_one_that_is_published() {
        Order order = persisted();
        database.inTransaction(em -> {
            CriteriaUpdate<Order> update = em.getCriteriaBuilder().createCriteriaUpdate(Order.class);
            update.from(Order.class);
            em.createQuery(update.set("status", "by criteria")).executeUpdate();
            em.createQuery("update Order o set o.status = 'in bulk'").executeUpdate();
        });
        assertThat(notes()).isEmpty();

        database.inTransaction(em -> {
            em.createQuery("update Order o set o.status = 'in bulk'").executeUpdate();
            EXPLICIT.on(em).publish(order, new Order.Noted("published"));
        });
        assertThat(notes()).containsExactly("published");
    }

    @Test
    void a_bulk_update_flushes_what_was_recorded_before_it() {
        Order order = persisted();
        database.inTransaction(em -> {
            em.find(Order.class, order.id).change("recorded");
            em.createQuery("update Order o set o.status = concat(o.status, ', and in bulk')")
                    .executeUpdate();
            em.clear();
        });
        assertThat(notes()).containsExactly("recorded");
        assertThat(status(order)).isEqualTo("recorded, and in bulk");
    }

    private static Savepoint savepoint(EntityManager em) {
        return em.unwrap(Session.class).doReturningWork(Connection::setSavepoint);
    }

    private static void rollback(EntityManager em, Savepoint savepoint) {
        em.unwrap(Session.class).doWork(connection -> connection.rollback(savepoint));
    }

    private static String status(Order order) {
        return String.valueOf(database.query("SELECT status FROM orders WHERE id = '" + order.id + "'")
                .get(0)
                .get("status"));
    }
}
