package dev.outbox.jpa;

import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.util.function.Function;

/** The {@link Inbox} of consumers on Jakarta Persistence. */
public final class JpaInbox {

    private JpaInbox() {}

    /** As below, with {@link InboxTable#DEFAULT}. */
    public static Inbox on(EntityManager entityManager) {
        return on(entityManager, InboxTable.DEFAULT);
    }

    /**
     * The inbox in the transactions of this EntityManager, on their connection. It neither flushes nor needs an entity.
     * Cheap: it may be called for every event, or once for a shared proxy, such as the one that Spring and CDI inject,
     * which is asked for its session at each call.
     *
     * @param entityManager Hibernate's, that of another provider that unwraps to a {@link Connection}, or a proxy of one
     */
    public static Inbox on(EntityManager entityManager, InboxTable table) {
        return new TransactionalInbox(new EntityManagerTransaction(entityManager), table);
    }

    private record EntityManagerTransaction(EntityManager entityManager) implements InboxTransaction {

        @Override
        public <T> T call(Function<Connection, T> work) {
            return Provider.transactionOf(entityManager).call(work);
        }
    }
}
