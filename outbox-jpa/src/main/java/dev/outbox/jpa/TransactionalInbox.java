package dev.outbox.jpa;

import dev.outbox.OutboxException;
import dev.outbox.OutboxHeaders;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The inbox in whatever transaction there is. */
final class TransactionalInbox implements Inbox {

    private static final int MAX_LENGTH = 255;

    private final InboxTransaction transaction;
    private final InboxStatements statements;

    TransactionalInbox(InboxTransaction transaction, InboxTable table) {
        this.transaction = transaction;
        this.statements = new InboxStatements(table);
    }

    @Override
    public <E extends Exception> boolean process(String consumer, UUID eventId, Handler<E> handler) throws E {
        requireConsumer(consumer);
        requireEventId(eventId);
        Set<UUID> claimed = transaction.call(connection -> statements.claim(connection, consumer, eventId));
        if (claimed.isEmpty()) {
            return false;
        }
        try {
            handler.handle();
            return true;
        } catch (Throwable failure) {
            unclaim(consumer, eventId, failure);
            throw failure;
        }
    }

    /** A caller that catches the failure and commits would lose the event otherwise. */
    private void unclaim(String consumer, UUID eventId, Throwable failure) {
        try {
            transaction.call(connection -> {
                statements.unclaim(connection, consumer, eventId);
                return eventId;
            });
        } catch (RuntimeException e) {
            // The transaction has failed or is over, so it can't commit the entry.
            failure.addSuppressed(e);
        }
    }

    @Override
    public Set<UUID> claim(String consumer, Collection<UUID> eventIds) {
        requireConsumer(consumer);
        eventIds.forEach(TransactionalInbox::requireEventId);
        return transaction.call(
                connection -> eventIds.isEmpty() ? new HashSet<>() : statements.claim(connection, consumer, eventIds));
    }

    @Override
    public int expire(Duration age, int limit) {
        if (age.isNegative() || age.isZero() || limit < 1) {
            throw new OutboxException(
                    "An inbox expires entries of a positive age, and at least one at a time; found age " + age
                            + " and limit " + limit + ".");
        }
        return transaction.call(connection -> statements.expire(connection, age, limit));
    }

    // Callers that are not checked for nullness can pass null all the same.
    private static void requireConsumer(@Nullable String consumer) {
        if (consumer == null || consumer.isBlank() || consumer.indexOf('\0') >= 0) {
            throw new OutboxException("The consumer must be a name, such as the consumer group's; found "
                    + (consumer == null ? "null." : "a blank one, or one with U+0000 in it."));
        }
        if (consumer.codePointCount(0, consumer.length()) > MAX_LENGTH) {
            throw new OutboxException("The consumer's name may have %d characters, the column's size; found %d."
                    .formatted(MAX_LENGTH, consumer.codePointCount(0, consumer.length())));
        }
    }

    private static void requireEventId(@Nullable UUID eventId) {
        if (eventId == null) {
            throw new OutboxException("The event id is null. It is the record's header '" + OutboxHeaders.ID
                    + "'; a record without it was not made by the relay.");
        }
    }
}
