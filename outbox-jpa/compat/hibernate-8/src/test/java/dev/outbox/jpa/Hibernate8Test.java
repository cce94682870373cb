package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.EntityManager;
import org.hibernate.engine.spi.SessionImplementor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is new in Hibernate 8: its flush queue, and that a life-cycle callback may not call its session. */
class Hibernate8Test {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    @Test
    void delete_after_insert_writes_and_deletes_each_row_on_the_default_flush_queue() {
        JpaOutbox passing =
                JpaOutbox.builder().retention(Retention.DELETE_AFTER_INSERT).build();
        database.inTransaction(em -> {
            assertThat(em.unwrap(SessionImplementor.class)
                            .getActionQueue()
                            .getClass()
                            .getSimpleName())
                    .isEqualTo("GraphBasedActionQueue");
            em.persist(new Person("Ada"));
            passing.on(em).publish("Person", 1, new PersonRegistered("Ada"));
        });

        assertThat(database.calls().seen())
                .satisfiesExactly(
                        call -> assertThat(call).startsWith("prepare insert into Person"),
                        call -> assertThat(call).startsWith("prepare INSERT INTO \"public\".\"outbox\""),
                        call -> assertThat(call).isEqualTo("addBatch"),
                        call -> assertThat(call).isEqualTo("executeBatch"),
                        call -> assertThat(call).startsWith("prepare DELETE FROM \"public\".\"outbox\""),
                        call -> assertThat(call).isEqualTo("executeUpdate"),
                        call -> assertThat(call).isEqualTo("commit"));
        assertThat(database.people()).isEqualTo(1);
        assertThat(database.rows()).isEmpty();
    }

    @Test
    void publishing_in_a_life_cycle_callback_is_refused_with_what_to_do_instead() {
        Person person = new Person("Ada");
        Outbox[] outbox = new Outbox[1];
        person.inCallback = () -> outbox[0].publish("Person", 1, new PersonRegistered("Ada"));
        try (EntityManager em = database.factory().createEntityManager()) {
            outbox[0] = JpaOutbox.builder().build().on(em);
            assertThatThrownBy(() -> TestDatabase.inTransaction(em, any -> em.persist(person)))
                    .hasStackTraceContaining("Session method called from entity lifecycle callback")
                    .hasStackTraceContaining("record it with DomainEvents instead");
        }
        assertThat(database.rows()).isEmpty();
        assertThat(database.people()).isZero();
    }

    @Test
    void recording_in_a_life_cycle_callback_keeps_the_order_of_the_calls() {
        JpaOutbox explicit = JpaOutbox.builder().build();
        database.harvested();
        Order order = Order.create();
        database.inTransaction(em -> em.persist(order));
        database.inTransaction(em -> {
            Order found = em.find(Order.class, order.id);
            found.inPreUpdate = () -> found.note("1 in the callback");
            found.status = "dirty";
            em.flush();
            explicit.on(em).publish(found, new Order.Noted("2 explicit"));
            found.note("3 recorded");
        });
        assertThat(database.query("SELECT payload ->> 'note' AS note FROM public.outbox ORDER BY ctid"))
                .extracting(row -> row.get("note"))
                .containsExactly("1 in the callback", "2 explicit", "3 recorded");
    }

    @Test
    void what_a_callback_recorded_in_a_transaction_that_rolled_back_is_not_in_the_next_one() {
        database.harvested();
        try (EntityManager em = database.factory().createEntityManager()) {
            Order order = Order.create();
            TestDatabase.inTransaction(em, any -> em.persist(order));
            order.inPreUpdate = () -> {
                order.note("rolled back");
                throw new IllegalStateException("of the application");
            };
            order.status = "dirty";
            assertThatThrownBy(() -> TestDatabase.inTransaction(em, any -> {}))
                    .hasStackTraceContaining("of the application");
            em.clear();
            TestDatabase.inTransaction(em, any -> em.find(Order.class, order.id).change("next"));
        }
        assertThat(database.query("SELECT payload ->> 'note' AS note FROM public.outbox"))
                .extracting(row -> row.get("note"))
                .containsExactly("next");
    }
}
