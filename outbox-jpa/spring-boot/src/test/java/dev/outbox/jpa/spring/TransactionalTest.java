package dev.outbox.jpa.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import dev.outbox.jpa.spring.app.Application;
import dev.outbox.jpa.spring.app.Registration;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.orm.jpa.EntityManagerHolder;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** What {@code @Transactional} means for an event, in an application that has the starter and no wiring. */
@SpringBootTest(classes = {Application.class, TransactionalTest.Listeners.class})
class TransactionalTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private final UUID id = UUID.randomUUID();

    @Autowired
    Registration registration;

    @Autowired
    ApplicationEventPublisher springEvents;

    @Autowired
    EntityManagerFactory factory;

    @DynamicPropertySource
    static void application(DynamicPropertyRegistry registry) {
        TestDatabase.properties(registry);
    }

    @Test
    void an_event_is_committed_with_the_change() {
        UUID event = registration.register(id, "Ada");

        assertThat(database.query("SELECT name FROM person WHERE id = '" + id + "'"))
                .containsExactly(Map.of("name", "Ada"));
        assertThat(database.events())
                .singleElement()
                .satisfies(row -> assertThat(row)
                        .containsEntry("id", event.toString())
                        .containsEntry("aggregatetype", "Person")
                        .containsEntry("aggregateid", id.toString())
                        .containsEntry("type", "person.registered.v1")
                        .containsEntry(
                                "payload", "{\"fullName\":\"Ada\",\"registeredAt\":\"2026-01-02T03:04:05.678901Z\"}")
                        .containsEntry("headers", "{\"tenant\":\"acme\"}"));
    }

    @Test
    void a_rollback_leaves_nothing() {
        assertThatThrownBy(() -> registration.registerAnd(id, "Ada", () -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(database.query("SELECT * FROM person")).isEmpty();
        assertThat(database.events()).isEmpty();
    }

    @Test
    void an_inner_transaction_keeps_its_events_when_the_outer_one_rolls_back() {
        UUID inner = UUID.randomUUID();
        assertThatThrownBy(() -> registration.registerAnd(id, "outer", () -> {
                    registration.registerInATransactionOfItsOwn(inner, "inner");
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");

        assertThat(database.events())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("aggregateid", inner.toString()));
    }

    @Test
    void events_of_nested_services_are_in_one_transaction_in_the_order_of_the_calls() {
        UUID second = UUID.randomUUID();
        registration.registerAnd(id, "first", () -> registration.register(second, "second"));

        assertThat(database.events())
                .extracting(row -> row.get("aggregateid"))
                .containsExactly(id.toString(), second.toString());
        assertThat(database.query("SELECT DISTINCT xid::text FROM public.outbox"))
                .hasSize(1);
    }

    @Test
    void an_event_of_a_listener_before_the_commit_is_in_the_transaction() {
        registration.registerAnd(id, "Ada", () -> springEvents.publishEvent(new BeforeCommit(id)));

        assertThat(database.events()).hasSize(2);
    }

    @Test
    void without_a_transaction_it_says_what_to_do() {
        assertThatThrownBy(() -> registration.publishOnly(id))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("No transaction is active", "@Transactional");
        assertThat(database.events()).isEmpty();
    }

    @Test
    void an_entity_manager_that_is_open_for_the_view_is_no_transaction() {
        try (EntityManager open = factory.createEntityManager()) {
            TransactionSynchronizationManager.bindResource(factory, new EntityManagerHolder(open));
            assertThatThrownBy(() -> registration.publishOnly(id))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContainingAll("No transaction is active", "@Transactional");
        } finally {
            TransactionSynchronizationManager.unbindResource(factory);
        }
        assertThat(database.events()).isEmpty();
    }

    @Test
    void after_the_commit_it_is_too_late_and_says_so() {
        assertThatThrownBy(() -> registration.registerAnd(
                        id,
                        "Ada",
                        () -> TransactionSynchronizationManager.registerSynchronization(
                                new TransactionSynchronization() {
                                    @Override
                                    public void afterCommit() {
                                        registration.publishOnly(id);
                                    }
                                })))
                .isInstanceOf(OutboxException.class)
                .hasMessageContainingAll("No transaction is active", "@Transactional");
        assertThat(database.events()).hasSize(1);
    }

    @Test
    void a_read_only_transaction_fails_and_says_which_event() {
        assertThatThrownBy(() -> registration.publishInAReadOnlyTransaction(id))
                .hasStackTraceContaining("person.registered.v1")
                .hasStackTraceContaining("read-only");
        assertThat(database.events()).isEmpty();
    }

    @Test
    void a_missing_table_fails_the_commit_and_says_what_to_do() {
        database.execute("DROP TABLE public.outbox");

        assertThatThrownBy(() -> registration.register(id, "Ada"))
                .rootCause()
                .hasMessageContaining("\"public.outbox\" does not exist");
        assertThatThrownBy(() -> registration.register(id, "Ada"))
                .hasStackTraceContaining("Create the table (OutboxTable.ddl() is its SQL)");
        assertThat(database.query("SELECT * FROM person")).isEmpty();
    }

    record BeforeCommit(UUID id) {}

    @TestConfiguration
    static class Listeners {

        @Autowired
        Registration registration;

        @TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
        void publish(BeforeCommit event) {
            registration.publishOnly(event.id());
        }
    }
}
