package dev.outbox.jpa.testkit;

import dev.outbox.EventType;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Events in the words of a failure message, payloads included: they are a test's. */
final class Descriptions {

    private static final int MAX_PAYLOAD = 500;
    private static final int MAX_BYTES = 32;

    private Descriptions() {}

    static String typeOf(Class<?> eventClass) {
        EventType type = eventClass.getAnnotation(EventType.class);
        if (type == null) {
            throw new OutboxException("The class " + eventClass.getName() + " has no @EventType, so it can't have been"
                    + " published under a name of its own. Ask for the name: published(\"...\").");
        }
        return type.value();
    }

    /** Whether the class of the expected event leaves it open, or has the type of the published one. */
    static boolean isOf(OutboxEvent published, Object expected) {
        EventType type = expected.getClass().getAnnotation(EventType.class);
        return type == null || type.value().equals(published.type());
    }

    static String expected(Object event, byte[] payload) {
        EventType type = event.getClass().getAnnotation(EventType.class);
        return (type == null ? "any type" : type.value()) + " " + payload(payload);
    }

    static String published(List<OutboxEvent> events) {
        if (events.isEmpty()) {
            return "nothing";
        }
        return count(events.size()) + ":"
                + numbered(events.stream().map(Descriptions::line).toList());
    }

    static String count(int events) {
        return events + (events == 1 ? " event" : " events");
    }

    static String numbered(List<String> lines) {
        StringBuilder numbered = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            numbered.append("\n  ").append(i + 1).append(". ").append(lines.get(i));
        }
        return numbered.length() == 0 ? "\n  (none)" : numbered.toString();
    }

    static String lines(List<String> parts) {
        return "\n  " + String.join(", ", parts);
    }

    static String indented(String text) {
        return text.strip().lines().map(line -> "    " + line).collect(Collectors.joining("\n"));
    }

    static List<String> plus(List<String> parts, String part) {
        List<String> all = new ArrayList<>(parts);
        all.add(part);
        return List.copyOf(all);
    }

    /** The payload as text; where it is none, or there is none, what it is. */
    static String text(OutboxEvent event) {
        return text(event.payload());
    }

    private static String line(OutboxEvent event) {
        return event.type() + " for " + event.aggregateType() + " " + event.aggregateId()
                + (event.headers().isEmpty() ? "" : " headers " + new TreeMap<>(event.headers()))
                + " " + payload(event.payload());
    }

    private static String payload(byte @Nullable [] payload) {
        String text = text(payload);
        return text.length() <= MAX_PAYLOAD
                ? text
                : text.substring(0, MAX_PAYLOAD) + "... (" + text.length() + " characters)";
    }

    private static String text(byte @Nullable [] payload) {
        if (payload == null) {
            return "(no payload)";
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(payload))
                    .toString();
        } catch (CharacterCodingException e) {
            return "(%d bytes, beginning %s)"
                    .formatted(
                            payload.length,
                            HexFormat.of().formatHex(Arrays.copyOf(payload, Math.min(payload.length, MAX_BYTES))));
        }
    }
}
