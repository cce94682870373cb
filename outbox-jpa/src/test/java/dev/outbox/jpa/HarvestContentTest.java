package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a recorded event is made of: payload and headers of the moment it was recorded, within what its outbox allows. */
class HarvestContentTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final int LIMIT = "{\"note\":\"12345678\"}".length();

    private static EntityManagerFactory factory;
    private static String tenant = "";

    /** One array for all events, as a serializer with a buffer has. */
    private static final byte[] ONE_DIGIT = "{\"note\":\"0\"}".getBytes(StandardCharsets.UTF_8);

    @BeforeAll
    static void harvest() {
        factory = database.anotherFactory();
        JpaOutbox.builder()
                .maxPayloadBytes(LIMIT)
                .headers(event -> {
                    if (tenant.isEmpty()) {
                        throw new IllegalStateException("secret");
                    }
                    return Map.of("tenant", tenant);
                })
                .harvest(factory)
                .build();
    }

    @AfterAll
    static void close() {
        factory.close();
    }

    @BeforeEach
    void tenant() {
        tenant = "Dakar";
    }

    @Test
    void headers_are_those_of_the_call() {
        inTransaction(em -> {
            Order order = Order.create();
            em.persist(order);
            order.note("Dakar's");
            tenant = "Lagos";
            order.note("Lagos's");
            tenant = "Accra";
        });
        assertThat(database.rows())
                .extracting(row -> row.get("headers"))
                .containsExactly("{\"tenant\":\"Dakar\"}", "{\"tenant\":\"Lagos\"}");
    }

    @Test
    void headers_of_a_deferred_event_are_those_of_the_commit() {
        inTransaction(em -> {
            Order order = Order.create();
            em.persist(order);
            order.noteDeferred("late");
            tenant = "Lagos";
        });
        assertThat(database.rows()).extracting(row -> row.get("headers")).containsExactly("{\"tenant\":\"Lagos\"}");
    }

    @Test
    void a_contributor_that_fails_fails_the_call_and_not_the_transaction() {
        inTransaction(em -> {
            Order order = Order.create();
            em.persist(order);
            tenant = "";
            assertThatThrownBy(() -> order.note("lost"))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("HeaderContributor")
                    .hasMessageContaining("'order.noted.v1' of Order")
                    .hasMessageNotContaining("secret");
            tenant = "Lagos";
            order.note("next");
        });
        assertThat(Orders.notes()).containsExactly("next");
    }

    @Test
    void a_payload_over_the_limit_fails_the_call_and_not_the_transaction() {
        inTransaction(em -> {
            Order order = Order.create();
            em.persist(order);
            order.note("12345678");
            assertThatThrownBy(() -> order.note("123456789"))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContaining("'order.noted.v1' of Order")
                    .hasMessageContaining("has 20 bytes, and the limit is 19")
                    .hasMessageNotContaining("123456789");
        });
        assertThat(Orders.notes()).containsExactly("12345678");
    }

    @Test
    void a_deferred_payload_over_the_limit_fails_the_commit() {
        assertThatThrownBy(() -> inTransaction(em -> {
                    Order order = Order.create();
                    em.persist(order);
                    order.noteDeferred("123456789");
                }))
                .hasStackTraceContaining("has 20 bytes, and the limit is 19");
        assertThat(database.rows()).isEmpty();
        assertThat(database.query("SELECT * FROM orders")).isEmpty();
    }

    @Test
    void the_payload_is_of_the_call_whatever_the_serializer_does_with_its_bytes() {
        try (EntityManagerFactory buffered = database.anotherFactory()) {
            JpaOutbox.builder()
                    .serializer(event -> {
                        ONE_DIGIT[9] = (byte) ((Order.Noted) event).note().charAt(0);
                        return ONE_DIGIT;
                    })
                    .harvest(buffered)
                    .build();
            inTransaction(buffered, em -> {
                Order order = Order.create();
                em.persist(order);
                order.note("1");
                order.note("2");
            });
        }
        assertThat(Orders.notes()).containsExactly("1", "2");
    }

    private static void inTransaction(Consumer<EntityManager> work) {
        inTransaction(factory, work);
    }

    private static void inTransaction(EntityManagerFactory factory, Consumer<EntityManager> work) {
        try (EntityManager em = factory.createEntityManager()) {
            TestDatabase.inTransaction(em, work);
        }
    }
}
