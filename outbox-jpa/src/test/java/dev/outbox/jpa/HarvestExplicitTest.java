package dev.outbox.jpa;

import static dev.outbox.jpa.Orders.notes;
import static dev.outbox.jpa.Orders.persisted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventRecorders;
import dev.outbox.OutboxException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Explicit calls beside the harvest: publish, flush and discard, and rows that do not stay. */
class HarvestExplicitTest {

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
    void an_explicit_flush_that_is_refused_leaves_events_that_can_still_be_discarded() {
        database.inTransaction(em -> {
            Order order = Order.create();
            em.persist(order);
            order.note("taken back");
            Order other = Order.create();
            other.note("refused");
            assertThatThrownBy(() -> EXPLICIT.on(em).flush()).isInstanceOf(OutboxException.class);
            order.events().discard();
            em.persist(other);
        });
        assertThat(notes()).containsExactly("refused");
    }

    @Test
    void a_discard_that_is_refused_takes_nothing_back() {
        database.inTransaction(em -> {
            Order order = Order.create();
            em.persist(order);
            order.note("written");
            EXPLICIT.on(em).flush();
            order.note("not yet");
            assertThatThrownBy(() -> order.events().discard()).isInstanceOf(OutboxException.class);
        });
        assertThat(notes()).containsExactly("written", "not yet");
    }
}
