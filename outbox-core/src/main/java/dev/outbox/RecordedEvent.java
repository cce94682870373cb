package dev.outbox;

import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * An event as {@link DomainEvents} hands it to an {@link EventRecorder}.
 *
 * @param id drawn at the call, so that the order of ids is the order of the calls
 * @param recordedAt the time of the call
 * @param event the event itself, or where it is deferred the {@link Supplier} that makes it
 * @param deferred whether the event is made at the end of the transaction
 * @param options what was said beside it; an id in it is the event's, and the one above still its place
 */
public record RecordedEvent(UUID id, Instant recordedAt, Object event, boolean deferred, EventOptions options) {

    /** Neither the event nor its data: this may end up in a log. */
    @Override
    public String toString() {
        return "RecordedEvent " + id;
    }
}
