package dev.outbox.relay.faults;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row for the outbox.
 *
 * @param payload as text of any JSON
 * @param headers as text of any JSON
 */
record Event(
        UUID id,
        String aggregateType,
        String aggregateId,
        String type,
        @Nullable String payload,
        @Nullable String headers) {

    /** One like those of the load. */
    static Event of(String aggregateType, String aggregateId, String payload) {
        return new Event(UUID.randomUUID(), aggregateType, aggregateId, "changed.v1", payload, null);
    }
}
