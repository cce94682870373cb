package dev.outbox.jpa;

import dev.outbox.OutboxException;
import java.math.BigInteger;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The text of an aggregate's id, which is the record's key: it must be the same for the same id, forever. */
final class AggregateIds {

    private static final Set<Class<?>> SUPPORTED = Set.of(
            String.class,
            UUID.class,
            Long.class,
            long.class,
            Integer.class,
            int.class,
            Short.class,
            short.class,
            BigInteger.class);

    private AggregateIds() {}

    /** Whether every id of this type has one text; primitives count as their wrappers. */
    static boolean supports(Class<?> type) {
        return SUPPORTED.contains(type);
    }

    static String text(String aggregateType, @Nullable Object id) {
        if (id instanceof String text) {
            return text;
        }
        // Each of these has exactly one text. A double or a date has several, and toString of another class may change.
        if (id instanceof UUID
                || id instanceof Long
                || id instanceof Integer
                || id instanceof Short
                || id instanceof BigInteger) {
            return id.toString();
        }
        if (id == null) {
            throw new OutboxException("The aggregate id of " + aggregateType + " is null. Publish once the id is there:"
                    + " for a generated id, after persist (identity column: after the flush).");
        }
        throw new OutboxException("The aggregate id of " + aggregateType
                + " must be a UUID, String, Integer, Long, Short" + " or BigInteger; found "
                + id.getClass().getName() + ". Give it as a String whose form never changes.");
    }
}
