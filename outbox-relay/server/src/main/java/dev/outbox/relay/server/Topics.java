package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.server.RecordException.Reason;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Refuses a record that its topic would refuse for its size, before it is sent: the broker's refusal comes when later
 * events of the same aggregate are already on their way. Asks for each topic's limit once. For one thread.
 */
public final class Topics {

    /** Of a batch of one record: batch header, record header, lengths of key, value and headers as long varints. */
    private static final int OVERHEAD = 61 + 21 + 3 * 5;

    private static final int HEADER_OVERHEAD = 2 * 5;
    private static final int MAX_UTF8_BYTES_A_CHAR = 3;

    private static final int MOST_AT_ONCE = 100;

    private final Limits cluster;
    private final int maxRequestSize;
    private final Map<String, Integer> limits = new HashMap<>();
    private Supplier<Stream<String>> coming = Stream::of;

    /** Who knows each topic's {@code max.message.bytes}. */
    public interface Limits {

        /**
         * A topic's limit, in bytes.
         *
         * @throws RelayException if the topic can't be had; it is asked for again
         */
        int maxMessageBytes(String topic);

        /** The same for many at once; those that can't be had are left out, and asked for alone when they are needed. */
        Map<String, Integer> maxMessageBytes(Collection<String> topics);
    }

    /**
     * Asks for each topic's limit once.
     *
     * @param maxRequestSize the producer's own limit, in bytes
     */
    public Topics(Limits cluster, int maxRequestSize) {
        this.cluster = cluster;
        this.maxRequestSize = maxRequestSize;
    }

    /** The topics of what is about to be sent: if one has to be asked for, the others are asked for along with it. */
    void coming(Supplier<Stream<String>> topics) {
        coming = topics;
    }

    /**
     * Sees that the topic will take the record.
     *
     * @throws RecordException if the record, not compressed, is larger than its topic or the producer allows, or has a
     *     timestamp that no record can have, or a topic that can't be
     * @throws RelayException if the topic can't be had
     */
    public void requireTaken(RelayRecord record) {
        if (!fits(record)) {
            throw tooLarge(record, size(record), topicLimit(record.topic()));
        }
        if (record.timestamp() < 0) {
            throw new RecordException(
                    Reason.TIMESTAMP,
                    "The event " + KafkaErrors.id(record) + " occurred before 1970, and no record of Kafka can.",
                    "Set timestamp: commit-time, and start the relay again.",
                    null);
        }
    }

    /** The topics that were asked about: no others were sent anything. */
    Set<String> known() {
        return limits.keySet();
    }

    /** Whether the record, not compressed, is as small as its topic and the producer want it. */
    boolean fits(RelayRecord record) {
        return size(record) <= limit(record.topic());
    }

    /**
     * The bytes that a record may have.
     *
     * @throws RelayException if the topic can't be had
     */
    int limit(String topic) {
        return Math.min(topicLimit(topic), maxRequestSize);
    }

    /**
     * Sees that there is a topic, before anything is to be sent there.
     *
     * @throws RelayException if it can't be had
     */
    void requireThere(String topic) {
        var unused = cluster.maxMessageBytes(topic);
    }

    private int topicLimit(String topic) {
        Integer known = limits.get(topic);
        return known == null ? ask(topic) : known;
    }

    private int ask(String topic) {
        Set<String> unknown = unknown(topic);
        if (unknown.size() > 1) {
            limits.putAll(cluster.maxMessageBytes(unknown));
        }
        return limits.computeIfAbsent(topic, cluster::maxMessageBytes);
    }

    private Set<String> unknown(String topic) {
        return Stream.concat(Stream.of(topic), coming.get())
                .filter(other -> !limits.containsKey(other))
                .distinct()
                .limit(MOST_AT_ONCE)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** An upper bound of the bytes that the record takes alone in a batch, not compressed. */
    public static long size(RelayRecord record) {
        byte[] value = record.value();
        long size = OVERHEAD + record.key().length + (value == null ? 0L : value.length);
        List<RelayHeader> headers = record.headers();
        for (int i = 0; i < headers.size(); i++) {
            RelayHeader header = headers.get(i);
            size += HEADER_OVERHEAD
                    + (long) MAX_UTF8_BYTES_A_CHAR * header.name().length()
                    + header.value().length;
        }
        return size;
    }

    private RecordException tooLarge(RelayRecord record, long size, int limit) {
        String what = "The event " + KafkaErrors.id(record) + " takes up to " + size + " bytes as a record, and ";
        return limit <= maxRequestSize
                ? tooLarge(
                        what + "the topic " + record.topic() + " allows " + limit + " (max.message.bytes).",
                        "Raise the topic's max.message.bytes to " + size
                                + " or more, and the stream goes on by itself.")
                : tooLarge(
                        what + "the producer allows " + maxRequestSize + " (max.request.size).",
                        "Raise max.request.size under kafka and start the relay again.");
    }

    private static RecordException tooLarge(String what, String advice) {
        return new RecordException(Reason.SIZE, what, advice, new RecordTooLargeException(what));
    }
}
