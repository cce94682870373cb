package dev.outbox.jpa;

import static dev.outbox.jpa.JtaStack.SYNCHRONIZATIONS;
import static dev.outbox.jpa.JtaStack.TRANSACTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.outbox.EventRecorders;
import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.SynchronizationType;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.Synchronization;
import jakarta.transaction.Transaction;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Events in transactions that Narayana begins and ends. */
@ParameterizedClass
@EnumSource
class JtaTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final Map<JtaStack, EntityManagerFactory> FACTORIES = new EnumMap<>(JtaStack.class);
    private static final Map<JtaStack, JpaOutbox> OUTBOXES = new EnumMap<>(JtaStack.class);

    @Parameter
    JtaStack stack;

    private EntityManagerFactory factory;
    private JpaOutbox jpaOutbox;

    @BeforeEach
    void start() {
        factory = FACTORIES.computeIfAbsent(stack, any -> stack.start(database));
        jpaOutbox = OUTBOXES.computeIfAbsent(
                stack, any -> JpaOutbox.builder().harvest(factory).build());
        database.calls().forget();
    }

    @AfterEach
    void nothing_is_left_on_the_thread() throws Exception {
        if (TRANSACTIONS.getStatus() != Status.STATUS_NO_TRANSACTION) {
            TRANSACTIONS.rollback();
        }
        assertThat(EventRecorders.ofCurrentThread()).isEmpty();
    }

    @Test
    void published_and_recorded_events_are_one_batch_right_before_the_commit() throws Exception {
        TRANSACTIONS.begin();
        try (EntityManager em = factory.createEntityManager()) {
            Order order = Order.create();
            publish(em, "0");
            em.persist(order);
            order.change("1");
            publish(em, "2");
            assertThat(database.calls().count("executeBatch")).isZero();
            TRANSACTIONS.commit();
        }
        assertThat(notes()).containsExactly("0", "1", "2");
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void an_entity_manager_closed_before_the_commit_still_writes() throws Exception {
        TRANSACTIONS.begin();
        try (EntityManager em = factory.createEntityManager()) {
            Order order = Order.create();
            em.persist(order);
            order.change("recorded");
            publish(em, "published");
        }
        TRANSACTIONS.commit();
        assertThat(notes()).containsExactly("recorded", "published");
    }

    @Test
    void a_rollback_leaves_nothing_and_the_next_transaction_is_its_own() throws Exception {
        try (EntityManager em = factory.createEntityManager()) {
            for (boolean marked : new boolean[] {false, true}) {
                TRANSACTIONS.begin();
                em.joinTransaction();
                Order order = Order.create();
                em.persist(order);
                order.change("rolled back");
                publish(em, "rolled back");
                if (marked) {
                    TRANSACTIONS.setRollbackOnly();
                    assertThatThrownBy(TRANSACTIONS::commit).isInstanceOf(RollbackException.class);
                } else {
                    TRANSACTIONS.rollback();
                }
                em.clear();
            }
            assertThat(database.calls().count("executeBatch")).isZero();
            TRANSACTIONS.begin();
            publish(em, "next");
            TRANSACTIONS.commit();
        }
        assertThat(notes()).containsExactly("next");
        assertThat(orders()).isZero();
    }

    @Test
    void an_entity_manager_made_before_the_transaction_takes_part_in_it() throws Exception {
        try (EntityManager em = factory.createEntityManager()) {
            refused(em);
            TRANSACTIONS.begin();
            publish(em, "joined by publish");
            TRANSACTIONS.commit();
            refused(em);

            TRANSACTIONS.begin();
            em.joinTransaction();
            Order order = Order.create();
            em.persist(order);
            order.change("joined explicitly");
            TRANSACTIONS.commit();
            refused(em);
        }
        assertThat(notes()).containsExactly("joined by publish", "joined explicitly");
    }

    @Test
    void an_unsynchronized_entity_manager_publishes_only_when_it_has_joined() throws Exception {
        TRANSACTIONS.begin();
        try (EntityManager em = factory.createEntityManager(SynchronizationType.UNSYNCHRONIZED)) {
            refused(em);
            em.joinTransaction();
            publish(em, "joined");
            TRANSACTIONS.commit();
        }
        assertThat(notes()).containsExactly("joined");
    }

    @Test
    void recorded_before_the_first_entity_manager_of_the_transaction() throws Exception {
        TRANSACTIONS.begin();
        Order order = Order.create();
        order.change("early");
        try (EntityManager em = factory.createEntityManager()) {
            publish(em, "late");
            em.persist(order);
            TRANSACTIONS.commit();
        }
        assertThat(notes()).containsExactly("early", "late");
    }

    @Test
    void a_transaction_that_requires_a_new_one_keeps_its_events_apart() throws Exception {
        for (boolean outerCommits : new boolean[] {false, true}) {
            TRANSACTIONS.begin();
            try (EntityManager outer = factory.createEntityManager()) {
                Order kept = Order.create();
                outer.persist(kept);
                kept.change("outer");
                Transaction suspended = TRANSACTIONS.suspend();
                TRANSACTIONS.begin();
                Order order = Order.create();
                order.change("inner");
                try (EntityManager inner = factory.createEntityManager()) {
                    inner.persist(order);
                    publish(inner, "inner published");
                    TRANSACTIONS.commit();
                }
                TRANSACTIONS.resume(suspended);
                kept.note("outer again");
                if (outerCommits) {
                    TRANSACTIONS.commit();
                } else {
                    TRANSACTIONS.rollback();
                }
            }
        }
        assertThat(notes())
                .containsExactly("inner", "inner published", "inner", "inner published", "outer", "outer again");
    }

    @Test
    void a_new_one_that_rolls_back_takes_nothing_of_the_suspended_one_with_it() throws Exception {
        TRANSACTIONS.begin();
        try (EntityManager outer = factory.createEntityManager()) {
            Order kept = Order.create();
            outer.persist(kept);
            kept.change("outer");
            Transaction suspended = TRANSACTIONS.suspend();
            TRANSACTIONS.begin();
            Order lost = Order.create();
            lost.change("of the inner one, before its first EntityManager");
            try (EntityManager inner = factory.createEntityManager()) {
                inner.persist(lost);
                TRANSACTIONS.rollback();
            }
            TRANSACTIONS.resume(suspended);
            TRANSACTIONS.commit();
        }
        assertThat(notes()).containsExactly("outer");
        assertThat(orders()).isEqualTo(1);
    }

    @Test
    void a_timeout_leaves_nothing_and_the_next_transaction_is_its_own() throws Exception {
        TRANSACTIONS.setTransactionTimeout(1);
        EntityManager em = factory.createEntityManager();
        try {
            TRANSACTIONS.begin();
            Transaction timedOut = TRANSACTIONS.getTransaction();
            // On a busy machine it may time out in here already, and nothing may be left then either.
            catchThrowable(() -> {
                em.joinTransaction();
                Order order = Order.create();
                em.persist(order);
                order.change("too late");
                publish(em, "too late");
                em.flush();
            });
            await().until(() -> timedOut.getStatus() == Status.STATUS_ROLLEDBACK);
            assertThatThrownBy(() -> publish(em, "after the timeout")).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(TRANSACTIONS::commit).isInstanceOf(RollbackException.class);
        } finally {
            TRANSACTIONS.setTransactionTimeout(0);
            // Hibernate tells with an exception that another thread has rolled back.
            catchThrowable(em::close);
        }
        TRANSACTIONS.begin();
        try (EntityManager next = factory.createEntityManager()) {
            publish(next, "next");
            TRANSACTIONS.commit();
        }
        assertThat(notes()).containsExactly("next");
        assertThat(orders()).isZero();
    }

    @Test
    void an_event_that_can_not_be_written_fails_the_commit_and_says_why() throws Exception {
        TRANSACTIONS.begin();
        try (EntityManager em = factory.createEntityManager()) {
            em.persist(Order.create());
            Order.create().change("never persisted");
            assertThatThrownBy(TRANSACTIONS::commit)
                    .isInstanceOf(RollbackException.class)
                    .hasStackTraceContaining("order.noted.v1")
                    .hasStackTraceContaining("was never persisted");
        }
        database.execute("DROP TABLE public.outbox");
        TRANSACTIONS.begin();
        try (EntityManager em = factory.createEntityManager()) {
            em.persist(Order.create());
            publish(em, "no table");
            assertThatThrownBy(TRANSACTIONS::commit)
                    .isInstanceOf(RollbackException.class)
                    .hasStackTraceContaining("42P01");
        }
        assertThat(orders()).isZero();
    }

    @Test
    void an_event_published_after_outboxs_turn_before_the_commit_is_written_too() throws Exception {
        for (boolean first : new boolean[] {false, true}) {
            TRANSACTIONS.begin();
            try (EntityManager em = factory.createEntityManager()) {
                if (!first) {
                    publish(em, "in time");
                }
                SYNCHRONIZATIONS.registerInterposedSynchronization(before(() -> publish(em, "late")));
                TRANSACTIONS.commit();
            }
        }
        assertThat(notes()).containsExactly("in time", "late", "late");
    }

    @Test
    void the_inbox_remembers_and_forgets_with_the_transaction() throws Exception {
        database.execute("DROP TABLE IF EXISTS inbox;" + InboxTable.DEFAULT.ddl());
        UUID event = UUID.randomUUID();
        for (boolean commit : new boolean[] {false, true}) {
            TRANSACTIONS.begin();
            try (EntityManager em = factory.createEntityManager()) {
                assertThat(JpaInbox.on(em).process("consumer", event, () -> publish(em, "handled")))
                        .isTrue();
                if (commit) {
                    TRANSACTIONS.commit();
                } else {
                    TRANSACTIONS.rollback();
                }
            }
        }
        TRANSACTIONS.begin();
        try (EntityManager em = factory.createEntityManager()) {
            assertThat(JpaInbox.on(em).process("consumer", event, () -> publish(em, "again")))
                    .isFalse();
            TRANSACTIONS.commit();
            assertThatThrownBy(() -> JpaInbox.on(em).process("consumer", event, () -> {}))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("No transaction is active");
        }
        assertThat(notes()).containsExactly("handled");
    }

    private void publish(EntityManager em, String note) {
        jpaOutbox.on(em).publish("Order", 1, new Order.Noted(note));
    }

    private void refused(EntityManager em) {
        assertThatThrownBy(() -> publish(em, "refused"))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("No transaction is active");
    }

    private static Synchronization before(Runnable action) {
        return new Synchronization() {
            @Override
            public void beforeCompletion() {
                action.run();
            }

            @Override
            public void afterCompletion(int status) {}
        };
    }

    private static int orders() {
        return database.query("SELECT id FROM orders").size();
    }

    private static List<@Nullable String> notes() {
        return database.query("SELECT payload ->> 'note' AS note FROM public.outbox ORDER BY ctid").stream()
                .map(row -> row.get("note"))
                .toList();
    }
}
