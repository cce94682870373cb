package dev.outbox.relay.server.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a stream delivers, and where it keeps its position. Immutable.
 *
 * @param mode at least once or exactly once
 * @param positionTopic the topic that holds the stream's position, of one partition, compacted
 * @param transactionalId of the producer's transactions; unused at least once
 * @param commitInterval how often Kafka transactions are committed at most; unused at least once
 */
public record DeliveryConfig(DeliveryMode mode, String positionTopic, String transactionalId, Duration commitInterval) {

    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Pattern TRANSACTIONAL_ID = Pattern.compile("\\S{1,200}");
    private static final Duration LEAST_INTERVAL = Duration.ofMillis(1);
    private static final Duration DEFAULT_INTERVAL = Duration.ofMillis(100);
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(2);

    static DeliveryConfig read(Settings settings, String stream, String prefix) {
        DeliveryMode mode =
                settings.choice(prefix + "delivery", DeliveryMode.class).orElse(DeliveryMode.AT_LEAST_ONCE);
        Optional<String> topic = settings.value(
                prefix + "position-topic",
                "a topic name as Kafka allows it",
                name -> Optional.of(name).filter(text -> TOPIC.matcher(text).matches() && !text.matches("\\.\\.?")));
        Optional<String> transactionalId = settings.value(
                prefix + "transactional-id",
                "1 to 200 characters without spaces",
                id -> Optional.of(id)
                        .filter(text -> TRANSACTIONAL_ID.matcher(text).matches()));
        String intervalKey = prefix + "commit-interval";
        Optional<Duration> interval = settings.atLeast(intervalKey, LEAST_INTERVAL);
        if (interval.filter(given -> given.compareTo(LONGEST_INTERVAL) > 0).isPresent()) {
            settings.mistake(
                    intervalKey,
                    "expected at most " + LONGEST_INTERVAL.toMillis() + "ms, found "
                            + interval.get().toMillis() + "ms");
        }
        if (mode == DeliveryMode.AT_LEAST_ONCE) {
            requireExactlyOnce(settings, prefix, "transactional-id", transactionalId.isPresent());
            requireExactlyOnce(settings, prefix, "commit-interval", interval.isPresent());
        }
        String name = "outbox-relay-" + stream;
        return new DeliveryConfig(
                mode,
                topic.orElse("outbox-relay." + stream + ".position"),
                transactionalId.orElse(name),
                interval.orElse(DEFAULT_INTERVAL));
    }

    private static void requireExactlyOnce(Settings settings, String prefix, String key, boolean isSet) {
        if (isSet) {
            settings.mistake(
                    prefix + key,
                    "expected " + prefix + "delivery: exactly-once beside it, found at-least-once, which has no"
                            + " transactions");
        }
    }

    /** Whether records and position go into Kafka transactions. */
    public boolean exactlyOnce() {
        return mode == DeliveryMode.EXACTLY_ONCE;
    }
}
