package dev.outbox.jpa;

import dev.outbox.OutboxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * Remembers which events a consumer has processed, in the transaction that processes them, so that an event which comes
 * twice takes effect once.
 *
 * <p>Of two transactions that process the same event for the same consumer at once, the second waits for the first: it
 * skips the event if that commits, and processes it if that rolls back. (Under REPEATABLE READ and SERIALIZABLE it fails
 * with SQLSTATE 40001 instead of skipping, and is to be tried again.)
 *
 * <p>To be used like the connection or the {@code EntityManager} it was made from: by one thread at a time, or by any
 * number of threads if that is a shared proxy, such as Spring's.
 */
public interface Inbox {

    /**
     * Runs the handler unless the consumer has processed the event before.
     *
     * <p>A handler that throws leaves the event unprocessed, also where the caller commits after all.
     *
     * @param consumer who processes, for example the consumer group; 1 to 255 characters, not blank. Consumers don't see
     *     each other's events.
     * @param eventId the event's id, which is the record's header {@code id}
     * @param handler called at most once, before this method returns, on the same thread and in the same transaction
     * @return whether the handler was called
     * @throws OutboxException if there is no transaction, an argument is not as said, or the inbox table can't be
     *     written; the handler was not called
     * @throws E whatever the handler throws, as it is
     */
    <E extends Exception> boolean process(String consumer, UUID eventId, Handler<E> handler) throws E;

    /**
     * Marks events as processed in the current transaction, in one statement, and tells which of them were not before:
     * the caller processes those, in the same transaction, and rolls back where it can't.
     *
     * @param eventIds any number, in any order, possibly with duplicates; {@code consumer} as above
     * @return the unprocessed ones
     * @throws OutboxException as above
     */
    Set<UUID> claim(String consumer, Collection<UUID> eventIds);

    /**
     * Marks what a poll brought as processed, in one statement, and returns what is to be processed:
     * {@code inbox.claim("billing", records, Record::eventId).forEach(...)}.
     *
     * @param eventId the event's id of each, called once for each and in their order
     * @return those that were not processed before, in their order; of several with one id the first
     * @throws OutboxException as above
     */
    default <T> List<T> claim(String consumer, Collection<T> received, Function<? super T, UUID> eventId) {
        List<UUID> ids = new ArrayList<>(received.size());
        received.forEach(each -> ids.add(eventId.apply(each)));
        Set<UUID> unprocessed = new HashSet<>(claim(consumer, ids));
        List<T> claimed = new ArrayList<>(unprocessed.size());
        int index = 0;
        for (T each : received) {
            if (unprocessed.remove(ids.get(index++))) {
                claimed.add(each);
            }
        }
        return claimed;
    }

    /**
     * Forgets the oldest events of all consumers, at most {@code limit} of them, in the current transaction. An event
     * that comes again after that is processed again, so the age must be longer than Kafka may still bring it: longer
     * than the topic's retention is always enough.
     *
     * @param age how long ago an event was processed at least, by the server's clock; positive
     * @param limit at least 1; a few thousand keep the transaction short
     * @return how many were forgotten; fewer than the limit when nothing of that age is left
     * @throws OutboxException as above
     */
    int expire(Duration age, int limit);

    /** What is done with an event. */
    @FunctionalInterface
    interface Handler<E extends Exception> {

        /** Called in the consumer's transaction. */
        void handle() throws E;
    }
}
