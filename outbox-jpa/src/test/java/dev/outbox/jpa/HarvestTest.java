package dev.outbox.jpa;

import static dev.outbox.jpa.Orders.notes;
import static dev.outbox.jpa.Orders.persisted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.DomainEvents;
import dev.outbox.EventRecorders;
import jakarta.persistence.EntityManager;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.proxy.HibernateProxy;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events that entities record are written with their change, in the order of the calls. */
class HarvestTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final JpaOutbox EXPLICIT = JpaOutbox.builder().build();

    @BeforeAll
    static void harvest() {
        database.harvested();
    }

    @AfterEach
    void the_thread_is_left_clean() {
        assertThat(EventRecorders.ofCurrentThread()).isEmpty();
    }

    @Test
    void a_new_entity() {
        Order order = Order.create();
        database.inTransaction(em -> {
            order.change("before persist");
            em.persist(order);
            order.change("after persist");
        });
        assertThat(notes()).containsExactly("before persist", "after persist");
        assertThat(database.rows())
                .allSatisfy(row -> assertThat(row)
                        .containsEntry("aggregatetype", "Order")
                        .containsEntry("aggregateid", order.id.toString())
                        .containsEntry("type", "order.noted.v1"));
    }

    @Test
    void a_dirty_one_and_one_that_is_not_dirty_at_all() {
        Order order = persisted();
        database.inTransaction(em -> em.find(Order.class, order.id).change("dirty"));
        database.inTransaction(em -> em.find(Order.class, order.id).note("not dirty"));
        assertThat(notes()).containsExactly("dirty", "not dirty");
    }

    @Test
    void a_removed_one_before_and_after_the_removal_and_its_flush() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            found.note("before");
            em.remove(found);
            found.note("removed");
            em.flush();
            found.note("flushed");
        });
        assertThat(notes()).containsExactly("before", "removed", "flushed");
    }

    @Test
    void one_that_is_persisted_and_removed_in_one_transaction() {
        database.inTransaction(em -> {
            Order order = Order.create();
            em.persist(order);
            order.note("created");
            em.flush();
            em.remove(order);
            order.note("removed");
        });
        assertThat(notes()).containsExactly("created", "removed");
    }

    @Test
    void one_reached_by_a_cascade_and_a_child_that_records_to_its_root() {
        Order order = Order.create();
        UUID line = new Order.Line(order).id;
        database.inTransaction(em -> {
            em.persist(order);
            order.lines.get(0).change(1, "child of a new root");
        });
        database.inTransaction(em -> em.find(Order.Line.class, line).change(2, "child with a proxy of its root"));
        assertThat(notes()).containsExactly("child of a new root", "child with a proxy of its root");
        assertThat(database.rows())
                .allSatisfy(row -> assertThat(row).containsEntry("aggregateid", order.id.toString()));
    }

    @Test
    void order_is_as_recorded_over_all_entities_and_explicit_events_in_one_batch_and_without_another_flush() {
        Order first = persisted();
        Order second = persisted();
        database.calls().forget();
        database.inTransaction(em -> {
            Order a = em.find(Order.class, first.id);
            Order b = em.find(Order.class, second.id);
            b.note("1");
            a.change("2");
            EXPLICIT.on(em).publish(a, new Order.Noted("3"));
            Order c = Order.create();
            c.note("4");
            b.note("5");
            em.persist(c);
        });
        assertThat(notes()).containsExactly("1", "2", "3", "4", "5");
        assertThat(database.rows()).extracting(row -> row.get("id")).isSorted();
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
        assertThat(database.calls().seen())
                .filteredOn(call -> call.startsWith("prepare update") || call.startsWith("prepare insert into orders"))
                .as("the business statements, each once")
                .hasSize(2);
    }

    @Test
    void recorded_by_listeners_during_the_flush_of_the_commit() {
        Order changed = persisted();
        Order removed = persisted();
        database.inTransaction(em -> {
            Order a = em.find(Order.class, changed.id);
            a.inPreUpdate = () -> a.note("pre update");
            a.inPostUpdate = () -> a.note("post update");
            a.status = "dirty";
            Order b = em.find(Order.class, removed.id);
            b.inPostRemove = () -> b.note("post remove");
            em.remove(b);
        });
        assertThat(notes()).containsExactly("pre update", "post update", "post remove");
    }

    @Test
    void recorded_after_the_last_flush_with_its_change() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            Completions.callbacks(em).accept(() -> found.change("late"));
        });
        assertThat(notes()).containsExactly("late");
        assertThat(database.query("SELECT status FROM orders WHERE status = 'late'"))
                .hasSize(1);
    }

    @Test
    void flushed_and_then_cleared_detached_or_evicted() {
        Order[] orders = {persisted(), persisted(), persisted()};
        database.inTransaction(em -> {
            for (Order order : orders) {
                em.find(Order.class, order.id).change("flushed");
            }
            em.flush();
            em.detach(em.find(Order.class, orders[0].id));
            em.unwrap(Session.class).evict(em.find(Order.class, orders[1].id));
            em.clear();
        });
        assertThat(notes()).hasSize(3);
    }

    @Test
    void flushed_by_a_query_counts_as_flushed() {
        Order order = persisted();
        database.inTransaction(em -> {
            em.find(Order.class, order.id).change("flushed by the query");
            em.createQuery("select o from Order o", Order.class).getResultList();
            em.clear();
        });
        assertThat(notes()).containsExactly("flushed by the query");
    }

    @Test
    void a_detached_instance_that_is_merged_whenever_it_recorded() {
        Order order = persisted();
        order.change("before the transaction");
        database.inTransaction(em -> {
            order.change("in it");
            em.merge(order).change("on the copy");
        });
        assertThat(notes()).containsExactly("before the transaction", "in it", "on the copy");
    }

    @Test
    void recorded_before_the_transaction_and_persisted_in_it_also_by_another_thread() {
        Order order = Order.create();
        CompletableFuture.runAsync(() -> order.note("elsewhere")).join();
        order.note("before");
        database.inTransaction(em -> em.persist(order));
        assertThat(notes()).containsExactly("elsewhere", "before");
    }

    @Test
    void a_rollback_leaves_nothing_also_to_the_next_transaction() {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            em.find(Order.class, order.id).change("rolled back");
            em.flush();
            em.getTransaction().rollback();
            TestDatabase.inTransaction(em, any -> em.find(Order.class, order.id).note("next"));
        }
        assertThat(notes()).containsExactly("next");
    }

    @Test
    void a_generated_id_is_there_when_the_row_is_made_and_a_deferred_event_sees_it() {
        Ticket ticket = new Ticket();
        database.inTransaction(em -> {
            ticket.events.record(new Order.Noted("now"));
            ticket.events.recordDeferred(() -> new Order.Noted("ticket " + ticket.id));
            ticket.events.record(new Order.Noted("last"));
            em.persist(ticket);
        });
        assertThat(notes()).containsExactly("now", "ticket " + ticket.id, "last");
        assertThat(database.rows())
                .allSatisfy(row -> assertThat(row).containsEntry("aggregateid", Long.toString(ticket.id)));
    }

    @Test
    void a_detached_instance_that_is_merged_where_the_session_has_a_proxy_of_it() {
        Order order = Order.create();
        UUID line = new Order.Line(order).id;
        database.inTransaction(em -> em.persist(order));
        order.note("before the transaction");
        database.inTransaction(em -> {
            Order.Line child = em.find(Order.Line.class, line);
            order.note("on the detached instance");
            assertThat(em.merge(order)).isInstanceOf(HibernateProxy.class);
            child.change(2, "by the child");
        });
        assertThat(notes()).containsExactly("before the transaction", "on the detached instance", "by the child");
    }

    @Test
    void a_detached_proxy_that_is_merged_whichever_of_the_two_recorded() {
        Order order = persisted();
        Order[] proxy = new Order[1];
        database.inTransaction(em -> {
            proxy[0] = em.getReference(Order.class, order.id);
            Hibernate.initialize(proxy[0]);
        });
        DomainEvents.of(proxy[0]).record(new Order.Noted("on the proxy"));
        Hibernate.unproxy(proxy[0], Order.class).note("on the instance behind it");
        database.inTransaction(em -> em.merge(proxy[0]));
        assertThat(notes()).containsExactly("on the proxy", "on the instance behind it");
    }

    @Test
    void recorded_after_the_last_flush_on_one_that_is_deleted_by_then() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            em.remove(found);
            em.flush();
            Completions.before(em, () -> found.note("deleted"));
        });
        assertThat(notes()).containsExactly("deleted");
    }
}
