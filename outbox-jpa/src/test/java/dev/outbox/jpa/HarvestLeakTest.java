package dev.outbox.jpa;

import static dev.outbox.jpa.Orders.notes;
import static dev.outbox.jpa.Orders.persisted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventRecorders;
import jakarta.persistence.EntityManager;
import java.lang.reflect.Field;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.resource.transaction.spi.TransactionCoordinator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.PGConnection;

/** However a transaction ends, nothing of it is left: not on its thread, and not on its session. */
class HarvestLeakTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final JpaOutbox EXPLICIT = JpaOutbox.builder().build();

    @BeforeAll
    static void harvest() {
        database.harvested();
    }

    @Test
    void after_a_commit() {
        leavesNothing(em -> em.getTransaction().commit());
        assertThat(notes()).containsExactly("recorded", "published");
    }

    @Test
    void after_a_rollback() {
        leavesNothing(em -> em.getTransaction().rollback());
    }

    @Test
    void after_a_commit_that_rolls_back() {
        leavesNothing(em -> {
            em.getTransaction().setRollbackOnly();
            em.getTransaction().commit();
        });
    }

    @Test
    void after_a_commit_that_the_harvest_refuses() {
        leavesNothing(em -> {
            em.clear();
            assertThatThrownBy(() -> em.getTransaction().commit()).hasStackTraceContaining("order.noted.v1");
        });
    }

    @Test
    void after_a_commit_whose_flush_fails() {
        leavesNothing(em -> {
            em.persist(new Order(persisted().id));
            assertThatThrownBy(() -> em.getTransaction().commit()).hasStackTraceContaining("duplicate key");
        });
    }

    @Test
    void after_a_commit_that_the_database_refuses() {
        database.execute("ALTER TABLE public.outbox ADD UNIQUE (aggregatetype) DEFERRABLE INITIALLY DEFERRED");
        // Of this Hibernate 6.6 tells nobody.
        leavesNothing(
                em -> assertThatThrownBy(() -> em.getTransaction().commit()).hasStackTraceContaining("duplicate key"),
                false);
    }

    @Test
    void after_the_connection_is_lost() {
        leavesNothing(
                em -> {
                    em.unwrap(Session.class).doWork(HarvestLeakTest::terminate);
                    assertThatThrownBy(() -> em.getTransaction().rollback()).isInstanceOf(RuntimeException.class);
                },
                false);
    }

    @Test
    void after_a_synchronization_that_fails_before_the_end_is_told() {
        leavesNothing(
                em -> {
                    Completions.after(em, () -> {
                        throw new IllegalStateException("of the application");
                    });
                    assertThatThrownBy(() -> em.getTransaction().rollback())
                            .hasStackTraceContaining("of the application");
                },
                false);
    }

    @Test
    void after_an_entity_manager_is_closed_in_its_transaction() {
        leavesNothing(em -> {
            var transaction = em.getTransaction();
            em.close();
            transaction.commit();
        });
        assertThat(notes()).containsExactly("recorded", "published");
    }

    /** Ends a transaction, and looks, and begins the session's next one, if there can be one. */
    private static void leavesNothing(Consumer<EntityManager> end) {
        leavesNothing(end, true);
    }

    /** @param told whether Hibernate tells anyone of the end; else it is seen at the next beginning */
    private static void leavesNothing(Consumer<EntityManager> end, boolean told) {
        Order order = persisted();
        try (EntityManager em = database.factory().createEntityManager()) {
            TransactionCoordinator coordinator = coordinator(em);
            int observers = observers(coordinator).size();
            em.getTransaction().begin();
            em.find(Order.class, order.id).note("recorded");
            EXPLICIT.on(em).publish("Order", 1, new Order.Noted("published"));
            assertThat(EventRecorders.ofCurrentThread()).hasSize(1);
            end.accept(em);

            assertThat(EventRecorders.ofCurrentThread()).isEmpty();
            if (told) {
                assertThat(observers(coordinator)).hasSize(observers);
            }
            long before = database.rows().size();
            if (em.isOpen() && usable(em)) {
                em.clear();
                TestDatabase.inTransaction(em, any -> em.find(Order.class, order.id));
                assertThat(database.rows()).hasSize((int) before);
                assertThat(observers(coordinator)).hasSize(observers);
            }
        }
        // The thread's list itself, of which a recorder shows the active ones only, is not longer than one transaction.
        database.inTransaction(em -> assertThat(recordersOfThread()).hasSize(1));
        assertThat(recordersOfThread()).isEmpty();
    }

    private static boolean usable(EntityManager em) {
        return em.unwrap(Session.class).doReturningWork(connection -> connection.isValid(1));
    }

    private static void terminate(Connection connection) throws SQLException {
        int pid = connection.unwrap(PGConnection.class).getBackendPID();
        database.execute("SELECT pg_terminate_backend(" + pid + ")");
    }

    private static TransactionCoordinator coordinator(EntityManager em) {
        return em.unwrap(SessionImplementor.class).getTransactionCoordinator();
    }

    private static Collection<?> observers(TransactionCoordinator coordinator) {
        return (Collection<?>) valueOf(coordinator.getClass(), "observers", coordinator);
    }

    private static List<?> recordersOfThread() {
        return (List<?>) ((ThreadLocal<?>) valueOf(EventRecorders.class, "OF_THREAD", null)).get();
    }

    @SuppressWarnings("NullAway")
    private static Object valueOf(Class<?> type, String name, @Nullable Object of) {
        try {
            Field field = type.getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(name, e);
        }
    }
}
