package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A provider that is not Hibernate, beside it on one classpath: all that is asked of it is its transaction's connection. */
class PortableTransactionTest {

    @RegisterExtension
    static final TestDatabase database = new TestDatabase();

    private static final PersonRegistered EVENT = new PersonRegistered("Ada");

    private final JpaOutbox jpaOutbox = JpaOutbox.builder().build();

    @Test
    void an_event_is_written_at_its_call_on_the_connection_of_the_transaction() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            Outbox outbox = jpaOutbox.on(other(true, connection));
            outbox.publish("Person", 1, EVENT);
            connection.rollback();
            outbox.publish("Person", 2, EVENT);
            outbox.flush();
            assertThat(database.rows()).isEmpty();
            connection.commit();
        }
        assertThat(database.rows()).extracting(row -> row.get("aggregateid")).containsExactly("2");
    }

    @Test
    void without_a_transaction_publish_is_refused() throws SQLException {
        try (Connection connection = database.connect()) {
            connection.setAutoCommit(false);
            refused(other(false, connection), "No transaction is active");
        }
    }

    @Test
    void a_connection_that_is_not_in_the_transaction_is_refused() throws SQLException {
        refused(other(true, null), "whose connection is not in the transaction");
        try (Connection connection = database.connect()) {
            refused(other(true, connection), "whose connection is not in the transaction");
        }
        Connection closed = database.connect();
        closed.close();
        refused(other(true, closed), "whose connection can't be used");
        assertThat(database.rows()).isEmpty();
    }

    private void refused(EntityManager entityManager, String message) {
        assertThatThrownBy(() -> jpaOutbox.on(entityManager).publish("Person", 1, EVENT))
                .isInstanceOf(OutboxException.class)
                .hasMessageContaining(message);
    }

    private static EntityManager other(boolean joined, @Nullable Connection connection) {
        return (EntityManager) Proxy.newProxyInstance(
                EntityManager.class.getClassLoader(), new Class<?>[] {EntityManager.class}, (self, method, args) -> {
                    return switch (method.getName()) {
                        case "isJoinedToTransaction" -> joined;
                        case "unwrap" -> {
                            if (args[0] == Connection.class) {
                                yield connection;
                            }
                            throw new PersistenceException("can't unwrap");
                        }
                        default -> throw new IllegalStateException(method.getName());
                    };
                });
    }
}
