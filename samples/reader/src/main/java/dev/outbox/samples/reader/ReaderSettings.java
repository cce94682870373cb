package dev.outbox.samples.reader;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a reader reads and where it writes.
 *
 * @param bootstrapServers the Kafka brokers
 * @param group the consumer group; also the name under which the inbox remembers events
 * @param topic the topic, for example {@code Person.events}
 * @param url the JDBC URL of the destination database
 * @param username its user
 * @param password the user's password; may be empty
 * @param untilIdle end when nothing has come for this long; null for never
 * @param count end when this many records were received; 0 for never
 */
public record ReaderSettings(
        String bootstrapServers,
        String group,
        String topic,
        String url,
        String username,
        String password,
        @Nullable Duration untilIdle,
        long count) {

    /** Leaves the password out. */
    @Override
    public String toString() {
        return "ReaderSettings[bootstrapServers=%s, group=%s, topic=%s, url=%s, username=%s]"
                .formatted(bootstrapServers, group, topic, url, username);
    }
}
