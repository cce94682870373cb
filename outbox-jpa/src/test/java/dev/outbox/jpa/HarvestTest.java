package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventRecorders;
import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of the events that entities record: written with their change, or the commit fails. */
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
    void recorded_before_the_transaction_and_persisted_in_it_also_by_another_thread() {
        Order order = Order.create();
        CompletableFuture.runAsync(() -> order.note("elsewhere")).join();
        order.note("before");
        database.inTransaction(em -> em.persist(order));
        assertThat(notes()).containsExactly("elsewhere", "before");
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
    void an_explicit_flush_writes_change_and_events_and_they_can_no_longer_be_discarded() {
        Order order = persisted();
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            found.change("first");
            EXPLICIT.on(em).flush();
            assertThat(database.calls().count("executeBatch")).isEqualTo(1);
            EXPLICIT.on(em).flush();
            assertThatThrownBy(() -> found.events().discard())
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("written already");
            found.change("second");
        });
        assertThat(notes()).containsExactly("first", "second");
        assertThat(database.calls().count("executeBatch")).isEqualTo(2);
    }

    @Test
    void an_explicit_flush_that_is_refused_forgets_nothing() {
        database.inTransaction(em -> {
            EXPLICIT.on(em).publish("Order", 1, new Order.Noted("1"));
            Order order = Order.create();
            order.note("2");
            assertThatThrownBy(() -> EXPLICIT.on(em).flush())
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("'order.noted.v1' of Order");
            em.persist(order);
        });
        assertThat(notes()).containsExactly("1", "2");
    }

    @Test
    void an_event_of_an_entity_is_published_explicitly_with_its_type_and_id() {
        Order order = Order.create();
        List<String> faked = new ArrayList<>();
        Outbox fake = (type, id, event, options) -> {
            faked.add(type + " " + id);
            return order.id;
        };
        fake.publish(order, new Order.Noted("a"));
        assertThat(faked).containsExactly("Order " + order.id);
        database.inTransaction(em ->
                EXPLICIT.on(em).publish(order, new Order.Noted("never persisted"), m -> m.header("tenant", "Dakar")));
        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("aggregatetype", "Order")
                        .containsEntry("aggregateid", order.id.toString())
                        .containsEntry("headers", "{\"tenant\":\"Dakar\"}"));
        database.inTransaction(em -> assertThatThrownBy(
                        () -> EXPLICIT.on(em).publish(new Person("Ada"), new Order.Noted("a")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("@Aggregate(\"Order\")"));
    }

    @Test
    void delete_after_insert_leaves_an_empty_table_and_both_in_one_transaction() {
        JpaOutbox outbox =
                JpaOutbox.builder().retention(Retention.DELETE_AFTER_INSERT).build();
        database.execute("""
                CREATE TABLE IF NOT EXISTS seen (what text, id uuid, xid xid8);
                TRUNCATE seen;
                CREATE OR REPLACE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                  INSERT INTO seen VALUES (TG_OP, coalesce(NEW.id, OLD.id), pg_current_xact_id()); RETURN NULL; END $$;
                CREATE TRIGGER see AFTER INSERT OR DELETE ON public.outbox FOR EACH ROW EXECUTE FUNCTION see()""");
        database.inTransaction(em -> {
            outbox.on(em).publish("Order", 1, new Order.Noted("a"));
            outbox.on(em).publish("Order", 1, new Order.Noted("b"));
        });
        assertThat(database.rows()).isEmpty();
        assertThat(database.query("SELECT what FROM seen"))
                .extracting(row -> row.get("what"))
                .containsExactly("INSERT", "INSERT", "DELETE", "DELETE");
        assertThat(database.query("SELECT DISTINCT xid::text FROM seen")).hasSize(1);
        assertThat(database.query("SELECT DISTINCT id FROM seen")).hasSize(2);
        assertThat(database.calls().count("executeBatch")).isEqualTo(2);
        assertThat(database.calls().count("executeUpdate")).isZero();
    }

    @Test
    void a_second_outbox_for_the_same_factory_is_refused() {
        assertThatThrownBy(() -> JpaOutbox.builder().harvest(database.factory()).build())
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("Another JpaOutbox harvests");
    }

    private static Order persisted() {
        Order order = Order.create();
        database.inTransaction(em -> em.persist(order));
        return order;
    }

    private static void fails(Consumer<EntityManager> work, String... message) {
        database.execute("UPDATE orders SET status = 'as it was'");
        var failure = assertThatThrownBy(() -> database.inTransaction(work));
        for (String part : message) {
            failure.hasStackTraceContaining(part);
        }
        failure.hasStackTraceContaining(OutboxException.class.getName());
        assertThat(database.rows()).isEmpty();
        assertThat(database.query("SELECT * FROM orders WHERE status <> 'as it was'"))
                .isEmpty();
    }

    private static List<String> notes() {
        return database.query("SELECT payload ->> 'note' AS note FROM public.outbox ORDER BY ctid").stream()
                .map(row -> String.valueOf(row.get("note")))
                .toList();
    }
}
