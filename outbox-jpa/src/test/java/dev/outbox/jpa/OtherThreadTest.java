package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.outbox.OutboxException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An EntityManager is for one thread at a time, and its pending events are, too. */
class OtherThreadTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final PersonRegistered EVENT = new PersonRegistered("Ada");

    @Test
    void a_publish_from_a_thread_that_is_not_the_transactions() {
        database.inTransaction(em -> {
            Outbox outbox = JpaOutbox.builder().build().on(em);
            outbox.publish("Person", 1, EVENT);
            assertThat(failureOnAnotherThread(() -> outbox.publish("Person", 2, EVENT)))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContainingAll("person.registered.v1", "'another thread'", "one thread at a time");
        });
        assertThat(database.rows()).extracting(row -> row.get("aggregateid")).containsExactly("1");
    }

    @Test
    void the_commit_of_a_transaction_into_which_only_another_thread_has_published() {
        long before = database.people();
        assertThatThrownBy(() -> database.inTransaction(em -> {
                    em.persist(new Person("rolled back"));
                    Outbox outbox = JpaOutbox.builder().build().on(em);
                    assertThat(failureOnAnotherThread(() -> outbox.publish("Person", 2, EVENT)))
                            .isNull();
                }))
                .hasRootCauseInstanceOf(OutboxException.class)
                .rootCause()
                .hasMessageContainingAll("person.registered.v1", "'another thread'", "one thread at a time");
        assertThat(database.rows()).isEmpty();
        assertThat(database.people()).isEqualTo(before);
        assertThat(database.calls().seen()).noneMatch(call -> call.contains("outbox"));
    }

    private static @Nullable Throwable failureOnAnotherThread(Runnable publish) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread = new Thread(() -> failure.set(catchThrowable(publish::run)), "another thread");
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return failure.get();
    }
}
