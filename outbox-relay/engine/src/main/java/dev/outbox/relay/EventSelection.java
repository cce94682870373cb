package dev.outbox.relay;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which events of an outbox table are meant: those that meet every condition that is set. Immutable.
 *
 * @param ids their ids; empty for any
 * @param aggregateType the kind of aggregate, or null for any
 * @param aggregateId the aggregate, or null for any
 * @param type the event's type, or null for any
 * @param from occurred then or later, or null
 * @param until occurred before then, or null
 */
public record EventSelection(
        Set<String> ids,
        @Nullable String aggregateType,
        @Nullable String aggregateId,
        @Nullable String type,
        @Nullable Instant from,
        @Nullable Instant until) {

    /** Every event. */
    public static final EventSelection ALL = new EventSelection(Set.of(), null, null, null, null, null);

    /** Copies the ids. */
    public EventSelection {
        ids = Set.copyOf(ids);
    }

    /** The events of these ids. */
    public static EventSelection of(Set<String> ids) {
        return new EventSelection(ids, null, null, null, null, null);
    }
}
