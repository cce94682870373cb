package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One Outbox made from one shared proxy, as Spring and CDI inject it, for all threads and all transactions. */
class SharedEntityManagerTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final ThreadLocal<EntityManager> bound = new ThreadLocal<>();

    private final EntityManager shared = proxy((self, method, args) -> {
        EntityManager target = bound.get();
        if (method.getName().equals("unwrap")) {
            if (((Class<?>) args[0]).isInstance(self)) {
                return self;
            }
            if (target == null) {
                throw new IllegalStateException("No transactional EntityManager available");
            }
        }
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    });

    private final Outbox outbox = JpaOutbox.builder().build().on(shared);

    @Test
    void publishes_in_the_transaction_of_the_calling_thread() throws Exception {
        int threads = 4;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> work = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int aggregate = thread;
                work.add(() -> {
                    for (int i = 0; i < 25; i++) {
                        boolean rollback = i % 5 == 4;
                        transact(aggregate, rollback);
                    }
                    return null;
                });
            }
            for (Future<Void> done : pool.invokeAll(work)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(database.query("SELECT aggregateid, count(*) AS events, count(DISTINCT xid::text) AS transactions"
                        + " FROM public.outbox GROUP BY aggregateid ORDER BY aggregateid"))
                .extracting(row -> String.join(" ", row.values()))
                .containsExactly("0 40 20", "1 40 20", "2 40 20", "3 40 20");
    }

    private void transact(int aggregate, boolean rollback) {
        try (EntityManager em = database.factory().createEntityManager()) {
            bound.set(em);
            em.getTransaction().begin();
            outbox.publish("Person", aggregate, new PersonRegistered("first"));
            outbox.publish("Person", aggregate, new PersonRegistered("second"));
            if (rollback) {
                em.getTransaction().rollback();
            } else {
                em.getTransaction().commit();
            }
        } finally {
            bound.remove();
        }
    }

    @Test
    void outside_a_transaction_it_says_what_to_do() {
        assertThatThrownBy(() -> outbox.publish("Person", 1, new PersonRegistered("Ada")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll(
                        "No transaction is active", "No transactional EntityManager available", "@Transactional");
    }

    @Test
    void an_entity_manager_of_another_provider_is_refused_by_name() {
        EntityManager other = proxy((self, method, args) -> {
            throw new PersistenceException("can't unwrap");
        });
        assertThatThrownBy(() -> JpaOutbox.builder().build().on(other).publish("Person", 1, new PersonRegistered("A")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll(
                        "needs an EntityManager of Hibernate ORM",
                        other.getClass().getName());
    }

    private static EntityManager proxy(java.lang.reflect.InvocationHandler handler) {
        return (EntityManager)
                Proxy.newProxyInstance(Session.class.getClassLoader(), new Class<?>[] {Session.class}, handler);
    }
}
