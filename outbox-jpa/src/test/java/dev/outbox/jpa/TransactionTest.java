package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.EventSerializer;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
import jakarta.persistence.RollbackException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.hibernate.FlushMode;
import org.hibernate.Session;
import org.hibernate.SessionEventListener;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** When events are written, and when they are not. */
class TransactionTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

    @Test
    void a_rollback_leaves_nothing() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            em.persist(new Person("Ada"));
            publish(em, "Ada");
            em.flush();
            em.getTransaction().rollback();
        }
        assertThat(database.rows()).isEmpty();
        assertThat(database.people()).isZero();
    }

    @Test
    void a_rollback_leaves_nothing_for_the_next_transaction_also_when_it_goes_wrong_itself() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            publish(em, "rolled back");
            Completions.after(em, () -> {
                throw new IllegalStateException("of the application, before Outbox is told");
            });
            assertThatThrownBy(() -> em.getTransaction().rollback()).hasStackTraceContaining("of the application");

            em.getTransaction().begin();
            em.getTransaction().commit();
            assertThat(database.rows()).isEmpty();

            em.getTransaction().begin();
            publish(em, "committed");
            em.getTransaction().commit();
        }
        assertThat(database.rows()).hasSize(1);
    }

    @Test
    void a_transaction_marked_rollback_only_writes_nothing() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            publish(em, "before");
            em.getTransaction().setRollbackOnly();
            publish(em, "after");
            // Hibernate rolls back without a word here, unless hibernate.jpa.compliance.transaction is on.
            em.getTransaction().commit();

            TestDatabase.inTransaction(em, any -> publish(em, "next"));
        }
        assertThat(names()).containsExactly("next");
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void a_flush_that_fails_at_commit_leaves_nothing_and_the_next_transaction_is_its_own() {
        Person person = new Person("Ada");
        database.inTransaction(em -> em.persist(person));
        try (EntityManager em = database.factory().createEntityManager()) {
            Person duplicate = new Person("Ada again");
            duplicate.id = person.id;
            assertThatThrownBy(() -> TestDatabase.inTransaction(em, any -> {
                        publish(em, "lost with its transaction");
                        em.persist(duplicate);
                    }))
                    .isInstanceOf(RollbackException.class);
            em.clear();
            TestDatabase.inTransaction(em, any -> publish(em, "next"));
        }
        assertThat(names()).containsExactly("next");
    }

    @Test
    void all_events_of_a_transaction_are_one_batch_right_before_the_commit() {
        database.inTransaction(em -> {
            publish(em, "0");
            em.persist(new Person("Ada"));
            publish(em, "1");
            em.flush();
            publish(em, "2");
        });

        assertThat(database.calls().seen())
                .satisfiesExactly(
                        call -> assertThat(call).startsWith("prepare insert into Person"),
                        call -> assertThat(call)
                                .isEqualTo("prepare INSERT INTO \"public\".\"outbox\" (\"id\", \"aggregatetype\","
                                        + " \"aggregateid\", \"type\", \"payload\", \"headers\", \"occurred_at\")"
                                        + " VALUES (?, ?, ?, ?, ?::json, ?::json, ?)"),
                        call -> assertThat(call).isEqualTo("addBatch"),
                        call -> assertThat(call).isEqualTo("addBatch"),
                        call -> assertThat(call).isEqualTo("addBatch"),
                        call -> assertThat(call).isEqualTo("executeBatch"),
                        call -> assertThat(call).isEqualTo("commit"));
    }

    @Test
    void a_thousand_events_are_one_batch_too() {
        database.inTransaction(em -> IntStream.range(0, 1000).forEach(i -> publish(em, "P" + i)));

        assertThat(names())
                .containsExactlyElementsOf(
                        IntStream.range(0, 1000).mapToObj(i -> "P" + i).toList());
        assertThat(database.calls().count("addBatch")).isEqualTo(1000);
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void a_transaction_without_events_costs_no_statement() {
        database.inTransaction(em -> jpaOutbox.on(em));
        assertThat(database.calls().seen()).containsExactly("commit");
    }

    @Test
    void two_outboxes_on_one_table_keep_the_order_of_the_calls_in_one_batch() {
        JpaOutbox upper = JpaOutbox.builder()
                .serializer(event -> "{\"name\":\"UPPER\"}".getBytes(StandardCharsets.UTF_8))
                .table(OutboxTable.named("public", "outbox"))
                .build();
        database.inTransaction(em -> {
            publish(em, "0");
            upper.on(em).publish("Person", 1, new PersonRegistered("1"));
            publish(em, "2");
        });

        assertThat(names()).containsExactly("0", "UPPER", "2");
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void transactions_on_one_entity_manager_are_each_their_own() {
        try (EntityManager em = database.factory().createEntityManager()) {
            Outbox outbox = jpaOutbox.on(em);
            TestDatabase.inTransaction(em, any -> outbox.publish("Person", 1, new PersonRegistered("first")));
            em.getTransaction().begin();
            outbox.publish("Person", 1, new PersonRegistered("rolled back"));
            em.getTransaction().rollback();
            TestDatabase.inTransaction(em, any -> {});
            TestDatabase.inTransaction(em, any -> outbox.publish("Person", 1, new PersonRegistered("second")));
        }
        assertThat(names()).containsExactly("first", "second");
        assertThat(database.calls().count("executeBatch")).isEqualTo(2);
    }

    @Test
    void an_entity_manager_closed_after_a_rollback_has_nothing_left_to_complain_about() {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        Logger hibernate = (Logger) LoggerFactory.getLogger("org.hibernate");
        log.start();
        hibernate.addAppender(log);
        try (EntityManager em = database.factory().createEntityManager()) {
            em.getTransaction().begin();
            publish(em, "rolled back");
            em.getTransaction().rollback();
        } finally {
            hibernate.detachAppender(log);
        }
        assertThat(log.list).isEmpty();
    }

    @Test
    void without_a_transaction_publish_is_refused_with_what_to_do() {
        try (EntityManager em = database.factory().createEntityManager()) {
            assertThatThrownBy(() -> publish(em, "Ada"))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("No transaction is active")
                    .hasMessageContaining("begin()")
                    .hasMessageContaining("@Transactional");

            TestDatabase.inTransaction(em, any -> {});
            assertThatThrownBy(() -> publish(em, "after the commit")).isInstanceOf(OutboxException.class);
        }
        assertThat(database.rows()).isEmpty();
    }

    @Test
    void on_a_closed_entity_manager_publish_is_refused() {
        EntityManager em = database.factory().createEntityManager();
        em.close();
        assertThatThrownBy(() -> publish(em, "Ada"))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void an_entity_manager_closed_before_its_commit_still_writes() {
        EntityManager em = database.factory().createEntityManager();
        var transaction = em.getTransaction();
        transaction.begin();
        publish(em, "Ada");
        em.close();
        transaction.commit();

        assertThat(names()).containsExactly("Ada");
    }

    @Test
    void events_are_written_whatever_the_flush_mode() {
        try (EntityManager em = database.factory().createEntityManager()) {
            em.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
            TestDatabase.inTransaction(em, any -> {
                em.persist(new Person("not flushed"));
                publish(em, "manual");
            });
            em.clear();
            em.setFlushMode(FlushModeType.COMMIT);
            TestDatabase.inTransaction(em, any -> {
                em.persist(new Person("flushed"));
                publish(em, "commit");
            });
        }
        assertThat(names()).containsExactly("manual", "commit");
        assertThat(database.people()).isEqualTo(1);
    }

    @Test
    void events_of_everything_that_runs_before_completion_are_in_the_batch() {
        database.inTransaction(em -> {
            Session session = em.unwrap(Session.class);
            Completions.callbacks(em).accept(() -> publish(em, "callback"));
            session.addEventListeners(new SessionEventListener() {
                @Override
                public void flushEnd(int entities, int collections) {
                    publish(em, "session listener");
                }
            });
            Completions.before(em, () -> publish(em, "synchronization"));
            em.persist(new Person("Ada"));
        });

        assertThat(names()).containsExactly("session listener", "callback", "synchronization");
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void an_event_published_after_the_batch_and_before_the_commit_is_written_at_once() {
        database.inTransaction(em -> {
            publish(em, "in the batch");
            beforeCompletionOf(em, () -> publish(em, "late"));
        });
        assertThat(names()).containsExactly("in the batch", "late");
        assertThat(database.calls().count("executeBatch")).isEqualTo(2);
    }

    @Test
    void a_first_event_published_after_outboxs_turn_and_before_the_commit_is_written_at_once() {
        database.inTransaction(em -> beforeCompletionOf(em, () -> publish(em, "late")));
        assertThat(names()).containsExactly("late");
    }

    @Test
    void a_first_event_too_late_to_be_written_is_never_lost_silently() throws Exception {
        try (EntityManager em = database.factory().createEntityManager()) {
            // The turn is known to the thread of the beginning.
            CompletableFuture.runAsync(em.getTransaction()::begin).get();
            beforeCompletionOf(em, () -> publish(em, "too late"));
            assertThatThrownBy(em.getTransaction()::commit)
                    .hasStackTraceContaining("[person.registered.v1] are not written")
                    .hasStackTraceContaining("is committed");
        }
        assertThat(database.rows()).isEmpty();
    }

    @Test
    void a_session_that_shares_the_transaction_writes_with_it_in_the_order_of_the_calls() {
        database.inTransaction(em -> {
            publish(em, "parent");
            try (Session child = childOf(em)) {
                publish(child, "child");
            }
            publish(em, "parent again");
        });
        assertThat(names()).containsExactly("parent", "child", "parent again");
        assertThat(database.calls().count("executeBatch")).isEqualTo(1);
    }

    @Test
    void a_first_event_from_the_last_flush_of_a_shared_transaction_is_written() {
        Person person = new Person("Ada");
        database.inTransaction(em -> em.persist(person));
        Session[] child = new Session[1];
        database.inTransaction(em -> {
            child[0] = childOf(em);
            // Else the parent's flush, which comes in time, takes the child along.
            em.unwrap(Session.class).setHibernateFlushMode(FlushMode.MANUAL);
            child[0].addEventListeners(new SessionEventListener() {
                @Override
                public void flushStart() {
                    publish(child[0], "flushed by the child");
                }
            });
            child[0].find(Person.class, person.id).name = "Ada Lovelace";
        });
        child[0].close();
        assertThat(names()).containsExactly("flushed by the child");
    }

    @Test
    void what_the_library_keeps_on_an_entity_manager_can_be_serialized_with_it() throws Exception {
        PendingEvents pending = new PendingEvents();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new ObjectOutputStream(bytes).writeObject(pending);
        Object copy = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();

        try (EntityManager em = database.factory().createEntityManager()) {
            em.setProperty("dev.outbox.jpa.pending-events", copy);
            assertThat(PendingEvents.of(em)).isSameAs(copy);
            TestDatabase.inTransaction(em, any -> publish(em, "Ada"));
        }
        assertThat(names()).containsExactly("Ada");
    }

    @Test
    void a_serializer_that_fails_fails_the_call_and_not_the_transaction() {
        JpaOutbox failing = JpaOutbox.builder()
                .serializer(event -> {
                    throw new IllegalStateException("secret of " + event);
                })
                .build();
        database.inTransaction(em -> {
            em.persist(new Person("Ada"));
            assertThatThrownBy(() -> failing.on(em).publish("Person", 42, new PersonRegistered("Ada")))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("'person.registered.v1' of Person 42")
                    .hasMessageNotContaining("secret")
                    .hasRootCauseInstanceOf(IllegalStateException.class);
        });
        assertThat(database.people()).isEqualTo(1);
        assertThat(database.rows()).isEmpty();
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    void a_serializer_that_returns_null_fails_the_call() {
        EventSerializer nothing = event -> null;
        database.inTransaction(em -> assertThatThrownBy(() -> JpaOutbox.builder()
                        .serializer(nothing)
                        .build()
                        .on(em)
                        .publish("Person", 42, new PersonRegistered("Ada")))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining("returned null"));
    }

    private void publish(EntityManager em, String name) {
        jpaOutbox.on(em).publish("Person", 1, new PersonRegistered(name));
    }

    private List<String> names() {
        return database.query("SELECT payload ->> 'name' AS name FROM public.outbox ORDER BY ctid").stream()
                .map(row -> String.valueOf(row.get("name")))
                .toList();
    }

    private static Session childOf(EntityManager em) {
        return em.unwrap(Session.class).sessionWithOptions().connection().openSession();
    }

    /** Runs in the very last round before the commit, in the order of the calls of this method and of publish. */
    private static void beforeCompletionOf(EntityManager em, Runnable action) {
        var coordinator = em.unwrap(SessionImplementor.class).getTransactionCoordinator();
        coordinator.addObserver(new TransactionObserver() {
            @Override
            public void afterBegin() {}

            @Override
            public void beforeCompletion() {
                action.run();
            }

            @Override
            public void afterCompletion(boolean successful, boolean delayed) {
                coordinator.removeObserver(this);
            }
        });
    }
}
