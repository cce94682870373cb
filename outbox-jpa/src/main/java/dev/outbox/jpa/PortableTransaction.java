package dev.outbox.jpa;

import dev.outbox.OutboxException;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The active transaction of a provider of which no more is known than Jakarta Persistence says. It lets nobody in right
 * before a commit, so a row is written at its call.
 */
record PortableTransaction(EntityManager entityManager, Connection connection) implements ActiveTransaction {

    /** @throws OutboxException if there is none, or its connection can't be had */
    static PortableTransaction activeOn(EntityManager entityManager) {
        Connection connection;
        try {
            if (!entityManager.isJoinedToTransaction()) {
                throw ProviderFailure.noTransaction(null);
            }
            connection = entityManager.unwrap(Connection.class);
        } catch (IllegalStateException e) {
            // A closed EntityManager, or a shared proxy that has none outside a transaction.
            throw ProviderFailure.noTransaction(e);
        } catch (PersistenceException | IllegalArgumentException e) {
            throw noAccess(entityManager, "which can't unwrap to either", e);
        }
        requireTransactional(entityManager, connection);
        return new PortableTransaction(entityManager, connection);
    }

    /** Nothing obliges a provider to hand out the connection of the transaction. */
    private static void requireTransactional(EntityManager entityManager, @Nullable Connection connection) {
        try {
            if (connection == null || connection.getAutoCommit()) {
                throw noAccess(entityManager, "whose connection is not in the transaction", null);
            }
        } catch (SQLException e) {
            throw noAccess(entityManager, "whose connection can't be used", e);
        }
    }

    private static OutboxException noAccess(EntityManager entityManager, String why, @Nullable Exception cause) {
        return new OutboxException(
                "Outbox needs an EntityManager of Hibernate ORM, or one that unwraps to the java.sql.Connection of its"
                        + " transaction; found " + entityManager.getClass().getName() + ", " + why + ".",
                cause);
    }

    @Override
    public void add(OutboxInsert insert, PendingRow row) {
        OutboxRow complete = row.row();
        if (complete != null) {
            insert.execute(connection, List.of(complete));
        }
    }

    @Override
    public void flush() {
        // Nothing waits.
    }

    @Override
    public <T> T call(Function<Connection, T> work) {
        return work.apply(connection);
    }

    @Override
    public @Nullable Object identifierOf(Object entity) {
        return entityManager.getEntityManagerFactory().getPersistenceUnitUtil().getIdentifier(entity);
    }
}
