package dev.outbox.relay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as it goes to Kafka. {@code toString} leaves key, value and the headers' values out.
 *
 * @param topic where it goes
 * @param key the aggregate's id in UTF-8
 * @param value the payload, unchanged; null for a tombstone
 * @param headers the headers of {@link dev.outbox.OutboxHeaders}, then those of the row
 * @param timestamp milliseconds since 1970 in UTC
 */
public record RelayRecord(
        String topic, byte[] key, byte @Nullable [] value, List<RelayHeader> headers, long timestamp) {

    @Override
    public String toString() {
        return "RelayRecord[topic=%s, value=%s, timestamp=%d]"
                .formatted(topic, value == null ? "none" : value.length + " bytes", timestamp);
    }
}
