package dev.outbox.jpa;

import dev.outbox.EventOptions;
import dev.outbox.OutboxHeaders;
import java.util.Map;

/**
 * Adds headers to every event of an outbox, such as the tenant or the user of the request:
 * {@code JpaOutbox.builder().headers(event -> Map.of("tenant", Tenant.current()))}.
 *
 * <p>Called once for each event, on the thread that publishes it, inside its transaction and before anything is written;
 * by several threads at once. An event that an entity records is asked for when it is recorded, or when the transaction
 * takes it, where it was recorded before or is deferred. It should not block, and must not publish. A header that the publish call itself sets beats
 * a contributed one of the same name; of two contributors, the one that was given later. Whatever it throws fails the
 * publish call, with the contributor's class in the message.
 */
@FunctionalInterface
public interface HeaderContributor {

    /**
     * The headers to add.
     *
     * @param event the event as given to publish; never null, not to be changed
     * @return names and values as {@link EventOptions#header} takes them, none of {@link OutboxHeaders}; empty where
     *     there is nothing to add; never null
     */
    Map<String, String> headersOf(Object event);
}
