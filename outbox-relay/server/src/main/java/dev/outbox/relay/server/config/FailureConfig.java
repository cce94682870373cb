package dev.outbox.relay.server.config;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a stream does when something fails. Immutable.
 *
 * @param onRecordError what becomes of a single event that can't be delivered
 * @param deadLetterTopic where it goes under {@link OnRecordError#DEAD_LETTER}
 * @param ackTimeout how long a record may wait for its acknowledgement before the stream begins again behind what is
 *     confirmed; empty to wait for ever
 * @param retry the delays between attempts
 */
public record FailureConfig(
        OnRecordError onRecordError, String deadLetterTopic, Optional<Duration> ackTimeout, RetryDelays retry) {

    private static final String DEAD_LETTER_PREFIX = "outbox.dead-letter.";
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1,249}");
    private static final Duration LEAST_ACK_TIMEOUT = Duration.ofSeconds(1);

    /** @param eventTopics those that are known by name */
    static FailureConfig read(
            Settings settings, String stream, String prefix, Collection<String> eventTopics, RetryDelays shared) {
        OnRecordError onRecordError =
                settings.choice(prefix + "on-record-error", OnRecordError.class).orElse(OnRecordError.STOP);
        String topicKey = prefix + "dead-letter-topic";
        Optional<String> topic = settings.value(
                topicKey,
                "a topic name as Kafka allows it",
                name -> Optional.of(name).filter(text -> TOPIC.matcher(text).matches() && !text.matches("\\.\\.?")));
        if (topic.isPresent() && onRecordError != OnRecordError.DEAD_LETTER) {
            settings.mistake(
                    topicKey,
                    "expected " + prefix + "on-record-error: dead-letter beside it, found "
                            + Settings.kebab(onRecordError) + ", under which nothing goes there");
        }
        topic.filter(eventTopics::contains)
                .ifPresent(name -> settings.expected(topicKey, "another topic than those of the events", name));
        return new FailureConfig(
                onRecordError,
                topic.orElse(DEAD_LETTER_PREFIX + stream),
                settings.atLeast(prefix + "ack-timeout", LEAST_ACK_TIMEOUT),
                RetryDelays.read(settings, prefix + "retry.", shared));
    }
}
