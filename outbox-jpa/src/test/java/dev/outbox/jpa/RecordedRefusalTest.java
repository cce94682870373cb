package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.Aggregate;
import dev.outbox.DomainEvents;
import dev.outbox.EventType;
import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceConfiguration;
import jakarta.persistence.Transient;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is refused of the events that entities record: at the call of record, and the transaction can go on. */
@SuppressWarnings("NullAway") // Callers that are not checked for nullness pass null.
class RecordedRefusalTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final Order.Noted EVENT = new Order.Noted("done");

    @EventType(" ")
    record BlankType() {}

    @EventType("ClassName")
    record ClassName() {}

    record NoType() {}

    /** Noted, in another class. */
    @EventType("order.noted.v1")
    record Copied(String note) {}

    @Test
    void a_null_event() {
        refused(events -> events.record(null), "The event must not be null");
        refused(events -> events.recordDeferred(null), "The event's supplier must not be null");
    }

    @Test
    void an_event_without_a_name_or_with_one_that_is_none() {
        refused(events -> events.record(new NoType()), NoType.class.getName() + " has no event type");
        refused(events -> events.record(new BlankType()), "event type must not be blank");
        refused(events -> events.record(new ClassName()), "'ClassName' is the name of the class");
        refused(events -> events.record(new NoType(), m -> m.type("x".repeat(256))), "255 characters", "found 256");
        refused(
                events -> events.record(EVENT, m -> m.type("order.written.v1")),
                "has the event type 'order.noted.v1', and the call says 'order.written.v1'");
    }

    @Test
    void the_second_class_of_a_name() {
        refused(
                events -> {
                    events.record(EVENT);
                    events.discard();
                    events.record(new Copied("done"));
                },
                "'order.noted.v1' is that of two classes");
    }

    @Test
    void a_header_name_that_is_reserved_or_has_control_characters() {
        refused(events -> events.record(EVENT, m -> m.header("id", "1")), "'id' is reserved");
        refused(events -> events.record(EVENT, m -> m.header("a\u0007b", "1")), "control characters");
        refused(events -> events.recordDeferred(() -> EVENT, m -> m.header("a\rb", "1")), "control characters");
    }

    @Test
    void headers_where_the_table_has_no_column_for_them() {
        refused(
                settings -> settings.table(OutboxTable.DEFAULT.without(OutboxTable.Column.HEADERS)),
                events -> events.record(EVENT, m -> m.header("tenant", "acme")),
                "is said to have no headers column, so event 'order.noted.v1' can't have headers");
    }

    @Test
    void a_payload_over_the_limit() {
        refused(
                settings -> settings.maxPayloadBytes(14),
                events -> events.record(EVENT),
                "The payload of event 'order.noted.v1' of Folder (as recorded) has 15 bytes, and the limit is 14");
    }

    @Test
    void a_payload_that_the_column_can_not_hold() {
        refused(
                settings -> settings.serializer(event -> new byte[] {(byte) 0xff}),
                events -> events.record(EVENT),
                "must be UTF-8 text without U+0000");
    }

    @Test
    void an_event_that_can_not_be_serialized() {
        refused(
                settings -> settings.serializer(event -> {
                    throw new IllegalStateException("no");
                }),
                events -> events.record(EVENT),
                "The EventSerializer failed with java.lang.IllegalStateException on event 'order.noted.v1' of Folder");
    }

    @Test
    void a_contributor_that_fails() {
        refused(
                settings -> settings.headers(event -> Map.of("id", "1")),
                events -> events.record(EVENT),
                "HeaderContributor",
                "'id' is reserved");
    }

    @Test
    void an_aggregate_type_that_is_blank_or_over_255_characters_at_the_start() {
        for (Class<?> entity : new Class<?>[] {Blank.class, TooLong.class}) {
            try (EntityManagerFactory factory = factory(entity)) {
                assertThatThrownBy(() -> JpaOutbox.builder().harvest(factory).build())
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContaining(
                                "@Aggregate of " + entity.getName() + " must have 1 to 255 characters, not blank");
            }
        }
    }

    @Test
    void what_is_said_beside_an_event_is_in_its_row() {
        UUID id = UUID.randomUUID();
        inTransaction(settings -> settings, events -> {
            events.record(EVENT, m -> m.header("tenant", "acme").id(id));
            events.recordDeferred(
                    () -> Map.of("later", true),
                    m -> m.header("tenant", "other").type("order.closed.v1"));
        });
        assertThat(database.rows())
                .hasSize(2)
                .anySatisfy(row -> assertThat(row)
                        .containsEntry("id", id.toString())
                        .containsEntry("headers", "{\"tenant\":\"acme\"}"));
        assertThat(database.rows())
                .anySatisfy(row -> assertThat(row)
                        .containsEntry("type", "order.closed.v1")
                        .containsEntry("payload", "{\"later\":true}")
                        .containsEntry("headers", "{\"tenant\":\"other\"}"));
    }

    @Test
    void a_deferred_event_that_is_null_or_refused_fails_the_commit_before_anything_is_written() {
        for (Object event : new Object[] {null, new NoType(), new ClassName()}) {
            assertThatThrownBy(() -> inTransaction(settings -> settings, events -> events.recordDeferred(() -> event)))
                    .rootCause()
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining(event == null ? "must not be null" : "event type");
            assertThat(database.rows()).isEmpty();
        }
    }

    @Test
    void what_is_recorded_after_the_commit_waits_for_a_transaction_that_has_this_very_instance() {
        try (EntityManagerFactory factory = factory(Folder.class);
                EntityManager em = factory.createEntityManager()) {
            JpaOutbox.builder().harvest(factory).build();
            Folder folder = new Folder();
            TestDatabase.inTransaction(em, any -> em.persist(folder));
            folder.events.record(EVENT);
            assertThat(database.rows()).isEmpty();
            TestDatabase.inTransaction(em, any -> {});
            assertThat(database.rows()).hasSize(1);
        }
    }

    @Test
    void what_another_thread_records_is_taken_by_the_commit_and_not_lost() {
        inTransaction(settings -> settings, events -> {
            events.record(EVENT);
            CompletableFuture.runAsync(() -> events.record(EVENT)).join();
            events.record(EVENT);
        });
        assertThat(database.rows()).hasSize(3);
    }

    @Entity(name = "Folder")
    @Aggregate("Folder")
    static class Folder {

        @Id
        UUID id = UUID.randomUUID();

        @Transient
        final DomainEvents events = DomainEvents.of(this);
    }

    @Entity(name = "Blank")
    @Aggregate(" ")
    static class Blank {
        @Id
        UUID id;
    }

    @Entity(name = "TooLong")
    @Aggregate("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            + "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
            + "01234567890123456789012345678901234567890123456789012345")
    static class TooLong {
        @Id
        UUID id;
    }

    private static void refused(Consumer<DomainEvents> call, String... message) {
        refused(settings -> settings, call, message);
    }

    private static void refused(
            UnaryOperator<JpaOutbox.Builder> settings, Consumer<DomainEvents> call, String... message) {
        inTransaction(
                settings,
                events -> assertThatThrownBy(() -> call.accept(events))
                        .isInstanceOf(OutboxException.class)
                        .hasMessageContainingAll(message));
        assertThat(database.rows()).isEmpty();
        assertThat(database.query("SELECT * FROM Folder")).as("goes on").hasSize(1);
        assertThat(database.calls().seen()).noneMatch(seen -> seen.contains("outbox"));
    }

    private static void inTransaction(UnaryOperator<JpaOutbox.Builder> settings, Consumer<DomainEvents> work) {
        try (EntityManagerFactory factory = factory(Folder.class);
                EntityManager em = factory.createEntityManager()) {
            settings.apply(JpaOutbox.builder()).harvest(factory).build();
            database.calls().forget();
            TestDatabase.inTransaction(em, any -> {
                Folder folder = new Folder();
                em.persist(folder);
                work.accept(folder.events);
            });
        }
    }

    private static EntityManagerFactory factory(Class<?> entity) {
        return new PersistenceConfiguration("refusals")
                .managedClass(entity)
                .property("jakarta.persistence.nonJtaDataSource", database.dataSource())
                .property("jakarta.persistence.schema-generation.database.action", "drop-and-create")
                .createEntityManagerFactory();
    }

    @AfterAll
    static void drop() {
        database.execute("DROP TABLE IF EXISTS Folder, Blank, TooLong");
    }
}
