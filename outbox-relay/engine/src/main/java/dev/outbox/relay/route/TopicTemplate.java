package dev.outbox.relay.route;

import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Makes a topic's name from an aggregate type: {@code outbox.event.{aggregateType}}. Immutable.
 *
 * <p>A name that Kafka would refuse is refused here: nothing is replaced in it, for two aggregate types could then share
 * a topic unnoticed. Source: {@code org.apache.kafka.common.internals.Topic}.
 */
public final class TopicTemplate {

    /** Debezium's: {@code outbox.event.{aggregateType}}. */
    public static final String DEFAULT = "outbox.event.{aggregateType}";

    private static final String VARIABLE = "{aggregateType}";
    private static final int MAX_TOPIC_LENGTH = 249;
    private static final Pattern TOPIC = Pattern.compile("[a-zA-Z0-9._-]{1," + MAX_TOPIC_LENGTH + "}");

    private final String template;

    private TopicTemplate(String template) {
        this.template = template;
    }

    /**
     * Reads a template.
     *
     * @throws IllegalArgumentException if {@link #mistake} finds one
     */
    public static TopicTemplate parse(String template) {
        mistake(template).ifPresent(mistake -> {
            throw new IllegalArgumentException(mistake);
        });
        return new TopicTemplate(template);
    }

    /** What is wrong with a template, if anything. */
    public static Optional<String> mistake(String template) {
        String rest = template.replace(VARIABLE, "");
        if (rest.indexOf('{') >= 0 || rest.indexOf('}') >= 0) {
            return Optional.of("expected " + VARIABLE + " as the only variable, found '" + template + "'");
        }
        return topicMistake(template.replace(VARIABLE, "x"));
    }

    /** What Kafka would refuse in a topic's name, if anything. */
    public static Optional<String> topicMistake(String topic) {
        if (TOPIC.matcher(topic).matches() && !topic.equals(".") && !topic.equals("..")) {
            return Optional.empty();
        }
        return Optional.of("expected a topic name as Kafka allows it (1 to " + MAX_TOPIC_LENGTH
                + " letters, digits, '.', '_' and '-'), found '" + topic + "'");
    }

    /** The topic of an aggregate type; not checked. */
    String topicOf(String aggregateType) {
        return template.replace(VARIABLE, aggregateType);
    }

    /** Whether some aggregate type may have this topic. */
    boolean mayMake(String topic) {
        String any = Arrays.stream(template.split(Pattern.quote(VARIABLE), -1))
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
        return topic.matches(any);
    }

    /** The template as it was given. */
    @Override
    public String toString() {
        return template;
    }
}
