package dev.outbox.relay.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.OutboxHeaders;
import dev.outbox.relay.Delivery;
import dev.outbox.relay.Position;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of the dead-letter topic: key, value and headers of the event, and under {@value #PREFIX} why it is
 * here. One that is too large for this topic as well goes as a reference: without its value, and with its size.
 *
 * <p>Its timestamp is the time of day: the event's own may be what is wrong with it.
 */
public final class DeadLetters {

    /** Of the header names: {@code reason}, {@code error}, {@code message}, {@code stream} and so on. */
    public static final String PREFIX = "outbox.dead-letter.";

    private static final int LONGEST_MESSAGE = 1_000;
    private static final byte[] NO_KEY = {};

    private final String stream;
    private final String topic;
    private final Topics topics;

    DeadLetters(String stream, String topic, Topics topics) {
        this.stream = stream;
        this.topic = topic;
        this.topics = topics;
    }

    /** @throws RelayException if the topic can't be had, and can't be made */
    void requireTopic() {
        topics.requireThere(topic);
    }

    /** @throws RelayException if the topic can't be had, or allows not even a reference */
    RelayRecord of(Delivery delivery, RecordException why) {
        RelayRecord event = delivery.salvaged();
        List<RelayHeader> reasons = reasons(delivery.position(), event, why);
        RelayRecord whole = letter(event.key(), event.value(), event.headers(), reasons);
        if (topics.fits(whole)) {
            return whole;
        }
        reasons.add(header("size", String.valueOf(Topics.size(event))));
        RelayRecord reference = letter(event.key(), null, event.headers(), reasons);
        if (topics.fits(reference)) {
            return reference;
        }
        RelayRecord least = letter(NO_KEY, null, List.of(), reasons);
        if (topics.fits(least)) {
            return least;
        }
        throw new RelayException(
                "The dead-letter topic " + topic + " allows records of " + topics.limit(topic)
                        + " bytes, and a reference to the event " + KafkaErrors.id(event) + " takes "
                        + Topics.size(least) + ". Raise its max.message.bytes, and the stream goes on by itself. "
                        + why.what(),
                true,
                why);
    }

    private RelayRecord letter(
            byte[] key, byte @Nullable [] value, List<RelayHeader> headers, List<RelayHeader> reasons) {
        List<RelayHeader> all = new ArrayList<>(headers.size() + reasons.size());
        headers.stream().filter(header -> !header.name().startsWith(PREFIX)).forEach(all::add);
        all.addAll(reasons);
        return new RelayRecord(topic, key, value, all, System.currentTimeMillis());
    }

    private List<RelayHeader> reasons(Position position, RelayRecord event, RecordException why) {
        List<RelayHeader> reasons = new ArrayList<>();
        reasons.add(header("reason", RecordErrorCounts.word(why.reason())));
        reasons.add(header("error", why.errorClass().getName()));
        reasons.add(header("message", cut(why.what())));
        reasons.add(header("stream", stream));
        reasons.add(header("commit-lsn", position.commitLsn().toString()));
        reasons.add(header("index", String.valueOf(position.index())));
        event.headers().stream()
                .filter(header -> header.name().equals(OutboxHeaders.ID))
                .findFirst()
                .ifPresent(id -> reasons.add(new RelayHeader(PREFIX + "event-id", id.value())));
        if (!event.topic().isEmpty()) {
            reasons.add(header("topic", event.topic()));
        }
        reasons.add(header("timestamp", String.valueOf(event.timestamp())));
        return reasons;
    }

    private static String cut(String message) {
        return message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…";
    }

    private static RelayHeader header(String name, String value) {
        return new RelayHeader(PREFIX + name, value.getBytes(UTF_8));
    }
}
