package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What contributors may say, and what becomes of it. */
@SuppressWarnings("NullAway") // Contributors that are not checked for nullness return null.
class HeaderContributorTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final PersonRegistered EVENT = new PersonRegistered("Ada");

    private static final class Tenant implements HeaderContributor {
        private final @Nullable Map<String, String> headers;

        private Tenant(@Nullable Map<String, String> headers) {
            this.headers = headers;
        }

        @Override
        public Map<String, String> headersOf(Object event) {
            return headers;
        }
    }

    @Test
    void every_event_gets_the_contributed_headers() {
        JpaOutbox outbox = JpaOutbox.builder()
                .headers(event -> Map.of("tenant", "Dakar"))
                .headers(event -> Map.of("name", ((PersonRegistered) event).name()))
                .build();
        database.inTransaction(em -> {
            outbox.on(em).publish("Person", 1, EVENT);
            outbox.on(em).publish("Person", 1, new PersonRegistered("Zoë"), m -> m.header("user", "me"));
        });
        assertThat(database.rows())
                .extracting(row -> row.get("headers"))
                .containsExactly(
                        "{\"name\":\"Ada\",\"tenant\":\"Dakar\"}",
                        "{\"name\":\"Zoë\",\"tenant\":\"Dakar\",\"user\":\"me\"}");
    }

    @Test
    void a_header_of_the_call_beats_a_contributed_one_and_a_later_contributor_an_earlier_one() {
        JpaOutbox outbox = JpaOutbox.builder()
                .headers(event -> Map.of("a", "first", "b", "first", "c", "first"))
                .headers(event -> Map.of("b", "second", "c", "second"))
                .build();
        database.inTransaction(em -> outbox.on(em).publish("Person", 1, EVENT, m -> m.header("c", "call")));
        assertThat(database.rows())
                .extracting(row -> row.get("headers"))
                .containsExactly("{\"a\":\"first\",\"b\":\"second\",\"c\":\"call\"}");
    }

    @Test
    void without_a_header_to_add_the_column_stays_null() {
        JpaOutbox outbox = JpaOutbox.builder().headers(event -> Map.of()).build();
        database.inTransaction(em -> outbox.on(em).publish("Person", 1, EVENT));
        assertThat(database.rows())
                .singleElement()
                .satisfies(row -> assertThat(row).containsEntry("headers", null));
    }

    @Test
    void a_contributor_that_throws_fails_the_publish_with_its_class_and_without_its_message() {
        HeaderContributor failing = new HeaderContributor() {
            @Override
            public Map<String, String> headersOf(Object event) {
                throw new IllegalStateException("secret");
            }
        };
        refused(failing, "java.lang.IllegalStateException");
    }

    @Test
    void a_contributor_that_returns_null_is_refused() {
        refused(new Tenant(null), "It returned null");
    }

    @Test
    void a_contributed_header_is_held_to_what_the_call_may_say() {
        refused(new Tenant(Map.of("eventType", "secret")), "'eventType' is reserved");
        refused(new Tenant(Map.of("a\nb", "secret")), "control characters");
        refused(new Tenant(Map.of("tenant", "secret\0")), "header 'tenant'", "U+0000");
        Map<String, String> withNull = new HashMap<>();
        withNull.put("tenant", null);
        refused(new Tenant(withNull), "found tenant with null");
    }

    private static void refused(HeaderContributor contributor, String... message) {
        JpaOutbox outbox = JpaOutbox.builder().headers(contributor).build();
        database.inTransaction(em -> {
            em.persist(new Person("goes on"));
            assertThatThrownBy(() -> outbox.on(em).publish("Person", 7, EVENT))
                    .isInstanceOf(OutboxException.class)
                    .hasMessageContainingAll(
                            "HeaderContributor " + contributor.getClass().getName() + " failed",
                            "event 'person.registered.v1' of Person 7, which is not published")
                    .hasMessageContainingAll(message)
                    .hasMessageNotContaining("secret");
        });
        assertThat(database.rows()).isEmpty();
        assertThat(database.calls().seen()).noneMatch(call -> call.contains("outbox"));
    }
}
