package dev.outbox.jpa;

import dev.outbox.OutboxException;
import java.math.BigInteger;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The text of an aggregate's id, which is the record's key: it must be the same for the same id, forever.
 *
 * @param formatters what the application says of other types, by the type
 */
record AggregateIds(Map<Class<?>, Function<Object, ?>> formatters) {

    static final String SUPPORTED_TYPES = "UUID, String, Integer, Long, Short or BigInteger";

    // Each of these has exactly one text. A double or a date has several, and toString of another class may change.
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

    AggregateIds {
        formatters = Map.copyOf(formatters);
    }

    /** Whether ids of this type have one text, by themselves; primitives count as their wrappers. */
    static boolean hasOneText(Class<?> type) {
        return SUPPORTED.contains(type);
    }

    /** Whether ids of this type are accepted. */
    boolean supports(Class<?> type) {
        return hasOneText(type) || formatterOf(type) != null;
    }

    static Object required(String aggregateType, @Nullable Object id) {
        if (id == null) {
            throw new OutboxException("The aggregate id of " + aggregateType + " is null. Publish once the id is there:"
                    + " for a generated id, after persist (identity column: after the flush).");
        }
        return id;
    }

    String text(String aggregateType, @Nullable Object given) {
        Object id = required(aggregateType, given);
        if (hasOneText(id.getClass())) {
            return id.toString();
        }
        Function<Object, ?> formatter = formatterOf(id.getClass());
        if (formatter == null) {
            throw new OutboxException("The aggregate id of " + aggregateType + " must be a " + SUPPORTED_TYPES
                    + "; found " + id.getClass().getName() + ". Give it as a String whose form never changes, or say"
                    + " once what stands for ids of this type: " + line(id.getClass()) + ".");
        }
        return formatted(aggregateType, id, formatter);
    }

    private static String formatted(String aggregateType, Object id, Function<Object, ?> formatter) {
        String where = "The aggregateId(...) of " + id.getClass().getName() + ", asked for an id of " + aggregateType;
        Object value;
        try {
            value = formatter.apply(id);
        } catch (RuntimeException e) {
            // Its message is not repeated here: it is the application's.
            throw new OutboxException(where + ", failed with " + e.getClass().getName() + "; nothing is published.", e);
        }
        if (value == null || !hasOneText(value.getClass())) {
            throw new OutboxException(where + ", must return a " + SUPPORTED_TYPES + "; it returned "
                    + (value == null ? "null" : "a " + value.getClass().getName()) + ".");
        }
        return value.toString();
    }

    private @Nullable Function<Object, ?> formatterOf(Class<?> type) {
        for (Class<?> known = type; known != null; known = known.getSuperclass()) {
            Function<Object, ?> formatter = formatters.get(known);
            if (formatter != null) {
                return formatter;
            }
        }
        return null;
    }

    /** The line of code that a type of ids needs. */
    static String line(Class<?> type) {
        return "JpaOutbox.builder().aggregateId(" + type.getSimpleName() + ".class, id -> ...)";
    }
}
