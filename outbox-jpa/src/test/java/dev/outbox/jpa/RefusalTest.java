package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventSerializer;
import dev.outbox.EventType;
import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What publish refuses: at the call, before anything is written, and the transaction can go on. */
@SuppressWarnings("NullAway") // Callers that are not checked for nullness pass null.
class RefusalTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final PersonRegistered EVENT = new PersonRegistered("Ada");

    record NoType() {}

    @EventType(" ")
    record BlankType() {}

    @EventType("inherited.v1")
    static class Parent {}

    static class Child extends Parent {}

    @Test
    void a_null_event() {
        refused(outbox -> outbox.publish("Person", 1, (Object) null), "The event must not be null");
    }

    @Test
    void an_event_class_without_an_event_type() {
        refused(
                outbox -> outbox.publish("Person", 1, new NoType()),
                NoType.class.getName() + " has no event type. Add",
                "@EventType(\"person.registered.v1\")");
    }

    @Test
    void an_event_class_whose_parent_has_an_event_type() {
        refused(outbox -> outbox.publish("Person", 1, new Child()), Child.class.getName() + " has no event type");
    }

    @Test
    void a_blank_event_type() {
        refused(outbox -> outbox.publish("Person", 1, new BlankType()), "event type must not be blank");
    }

    @Test
    void a_null_or_blank_aggregate_type() {
        refused(outbox -> outbox.publish(null, 1, EVENT), "aggregate type must not be null");
        refused(outbox -> outbox.publish(" ", 1, EVENT), "aggregate type must not be blank");
    }

    @Test
    void an_aggregate_type_of_256_characters_while_255_are_accepted() {
        refused(outbox -> outbox.publish("x".repeat(256), 1, EVENT), "255 characters", "found 256");
        database.inTransaction(em -> JpaOutbox.builder().build().on(em).publish("x".repeat(255), 1, EVENT));
        assertThat(database.rows()).hasSize(1);
    }

    @Test
    void a_null_or_blank_aggregate_id() {
        refused(outbox -> outbox.publish("Person", null, EVENT), "aggregate id of Person is null", "after persist");
        refused(outbox -> outbox.publish("Person", "", EVENT), "aggregate id must not be blank");
    }

    @Test
    void an_aggregate_id_of_a_type_without_one_stable_text() {
        refused(
                outbox -> outbox.publish("Person", 1.5d, EVENT),
                "must be a UUID, String, Integer, Long, Short or BigInteger; found java.lang.Double");
        refused(outbox -> outbox.publish("Person", new Object(), EVENT), "found java.lang.Object");
    }

    @Test
    void a_reserved_header() {
        for (String name : new String[] {"id", "eventType", "aggregateType", "occurredAt", "contentType"}) {
            refused(
                    outbox -> outbox.publish("Person", 1, EVENT, m -> m.header(name, "x")),
                    "'" + name + "' is reserved");
        }
    }

    @Test
    void a_header_name_that_is_blank_or_has_control_characters() {
        for (String name : new String[] {"", " ", "a\nb", "a\u007fb"}) {
            refused(outbox -> outbox.publish("Person", 1, EVENT, m -> m.header(name, "x")), "header name");
        }
    }

    @Test
    void an_event_type_beside_the_one_of_the_class() {
        refused(
                outbox -> outbox.publish("Person", 1, EVENT, options -> options.type("person.entered.v1")),
                "has the event type 'person.registered.v1', and the call says 'person.entered.v1'");
    }

    @Test
    void a_string_without_an_event_type() {
        refused(outbox -> outbox.publish("Person", 1, "secret"), "java.lang.String has no event type", "options.type(");
    }

    @Test
    void a_payload_over_the_limit_while_one_of_the_limit_is_accepted() {
        byte[] limit = "{\"name\":\"secret\"}".getBytes(StandardCharsets.UTF_8);
        JpaOutbox limited = JpaOutbox.builder().maxPayloadBytes(limit.length).build();
        refused(
                limited,
                outbox -> outbox.publish("Person", 7, new PersonRegistered("secrets")),
                "The payload of event 'person.registered.v1' of Person 7 has 18 bytes, and the limit is 17",
                "maxPayloadBytes",
                "max.message.bytes");
        database.inTransaction(em -> limited.on(em).publish("Person", 7, new PersonRegistered("secret")));
        assertThat(database.rows()).hasSize(1);
    }

    @Test
    void an_event_that_the_pass_through_serializer_cannot_pass_through() {
        refused(
                JpaOutbox.builder()
                        .serializer(EventSerializer.text("application/json"))
                        .build(),
                outbox -> outbox.publish("Person", 7, EVENT),
                "event 'person.registered.v1' of Person 7, which is not published. This serializer passes a String");
    }

    @Test
    void a_publish_after_the_commit() {
        try (EntityManager em = database.factory().createEntityManager()) {
            Outbox outbox = JpaOutbox.builder().build().on(em);
            TestDatabase.inTransaction(em, any -> outbox.publish("Person", 1, EVENT));
            assertThatThrownBy(() -> outbox.publish("Person", 1, EVENT))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("No transaction is active");
            TestDatabase.inTransaction(em, any -> em.persist(new Person("goes on")));
        }
        assertThat(database.rows()).hasSize(1);
    }

    @Test
    void a_header_without_name_or_value() {
        refused(outbox -> outbox.publish("Person", 1, EVENT, m -> m.header(null, "x")), "needs a name and a value");
        refused(outbox -> outbox.publish("Person", 1, EVENT, m -> m.header("tenant", null)), "found tenant with null");
    }

    @Test
    void a_header_value_that_neither_postgresql_nor_utf8_can_express() {
        for (String value : new String[] {"secret\0", "secret\ud800"}) {
            refused(outbox -> outbox.publish("Person", 1, EVENT, m -> m.header("tenant", value)), "header 'tenant'");
        }
    }

    private static void refused(Consumer<Outbox> publish, String... message) {
        refused(JpaOutbox.builder().build(), publish, message);
    }

    private static void refused(JpaOutbox outbox, Consumer<Outbox> publish, String... message) {
        long before = database.people();
        database.inTransaction(em -> {
            em.persist(new Person("goes on"));
            assertThatThrownBy(() -> publish.accept(outbox.on(em)))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContainingAll(message)
                    .hasMessageNotContaining("secret");
        });
        assertThat(database.rows()).isEmpty();
        assertThat(database.people()).isEqualTo(before + 1);
        assertThat(database.calls().seen()).noneMatch(call -> call.contains("outbox"));
    }
}
