package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.EventSerializer;
import dev.outbox.OutboxException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A serializer that goes wrong fails the call, and not the transaction. */
class SerializerFailureTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

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
}
