package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.function.ToIntFunction;

/**
 * Refuses a record that its topic would refuse for its size, before it is sent: the broker's refusal comes when later
 * events of the same aggregate are already on their way. Asks for each topic's limit once. For one thread.
 */
final class Topics {

    /** Of a batch of one record: batch header, record header, lengths of key, value and headers as long varints. */
    private static final int OVERHEAD = 61 + 21 + 3 * 5;

    private static final int HEADER_OVERHEAD = 2 * 5;
    private static final int MAX_UTF8_BYTES_A_CHAR = 3;

    private final ToIntFunction<String> maxMessageBytes;
    private final int maxRequestSize;
    private final Map<String, Integer> limits = new HashMap<>();

    /**
     * @param maxMessageBytes a topic's {@code max.message.bytes}; may throw, and is then asked again
     * @param maxRequestSize the producer's own limit, in bytes
     */
    Topics(ToIntFunction<String> maxMessageBytes, int maxRequestSize) {
        this.maxMessageBytes = maxMessageBytes;
        this.maxRequestSize = maxRequestSize;
    }

    /**
     * @throws RelayException if the record, not compressed, is larger than its topic or the producer allows
     */
    void requireFits(RelayRecord record) {
        Integer known = limits.get(record.topic());
        int limit = known == null ? ask(record.topic()) : known;
        long size = size(record);
        if (size > Math.min(limit, maxRequestSize)) {
            throw tooLarge(record, size, limit);
        }
    }

    private int ask(String topic) {
        int limit = maxMessageBytes.applyAsInt(topic);
        limits.put(topic, limit);
        return limit;
    }

    /** An upper bound of the bytes that the record takes alone in a batch, not compressed. */
    static long size(RelayRecord record) {
        byte[] value = record.value();
        long size = OVERHEAD + record.key().length + (value == null ? 0L : value.length);
        for (RelayHeader header : record.headers()) {
            size += HEADER_OVERHEAD
                    + (long) MAX_UTF8_BYTES_A_CHAR * header.name().length()
                    + header.value().length;
        }
        return size;
    }

    private RelayException tooLarge(RelayRecord record, long size, int limit) {
        String what = "The event " + KafkaErrors.id(record) + " takes up to " + size + " bytes as a record, and ";
        return new RelayException(
                limit <= maxRequestSize
                        ? what + "the topic " + record.topic() + " allows " + limit + " (max.message.bytes). Raise the"
                                + " topic's max.message.bytes to " + size
                                + " or more, and the stream goes on by itself."
                        : what + "the producer allows " + maxRequestSize
                                + " (max.request.size). Raise max.request.size under kafka and start the relay again.",
                true,
                null);
    }
}
