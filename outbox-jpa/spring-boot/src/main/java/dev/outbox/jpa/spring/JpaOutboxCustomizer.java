package dev.outbox.jpa.spring;

import dev.outbox.jpa.JpaOutbox;

/**
 * Says of the application's outbox what properties can't: a bean such as {@code outbox ->
 * outbox.aggregateId(OrderId.class, OrderId::value)}. All beans of this type are asked, in Spring's order, after the
 * properties and all other beans have had their say.
 */
@FunctionalInterface
public interface JpaOutboxCustomizer {

    /**
     * Called once, when the outbox is made.
     *
     * @param outbox to be changed in place
     */
    void customize(JpaOutbox.Builder outbox);
}
