package dev.outbox.samples.reader;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A record, without its payload.
 *
 * @param eventId the header {@code id}
 * @param aggregateId the record's key
 * @param sequence the header {@code sequence}, which the sample writer sets; null if missing
 * @param partition the partition it came from
 * @param offset its place there
 */
public record ReceivedEvent(
        UUID eventId, String aggregateId, @Nullable Long sequence, int partition, long offset) {}
