package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxTable;
import jakarta.persistence.EntityManager;
import jakarta.persistence.FlushModeType;
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

/** The events of a transaction are one batch, right before the commit, whoever publishes them and however late. */
class BatchTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

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
    void also_where_another_thread_commits_than_the_one_that_began() throws Exception {
        try (EntityManager em = database.factory().createEntityManager()) {
            CompletableFuture.runAsync(em.getTransaction()::begin).get();
            beforeCompletionOf(em, () -> publish(em, "late"));
            em.getTransaction().commit();
        }
        assertThat(names()).containsExactly("late");
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
