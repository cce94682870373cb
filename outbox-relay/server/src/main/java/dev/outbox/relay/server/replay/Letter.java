package dev.outbox.relay.server.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.server.DeadLetters;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** A record of a dead-letter topic. */
record Letter(ConsumerRecord<byte[], byte[]> record) {

    private static final String ROW = "row";

    /** Where it is in the topic, such as {@code 0:12}. */
    String place() {
        return record.partition() + ":" + record.offset();
    }

    Instant deadAt() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    String stream() {
        return text("stream");
    }

    String reason() {
        return text("reason");
    }

    String error() {
        return text("error");
    }

    String message() {
        return text("message");
    }

    /** Empty if the row had none. */
    String eventId() {
        return text("event-id");
    }

    /** Where it was to go; empty if nobody knows. */
    String topic() {
        return text("topic");
    }

    /** Of the event in the stream, such as {@code 0/1A2B3C8#4}; the same for two letters of one event. */
    String position() {
        return text("commit-lsn") + "#" + text("index");
    }

    /** Whether the event itself is not in it, or not as its row has it. */
    boolean isReference() {
        return reason().equals(ROW) || topic().isEmpty() || header("size") != null;
    }

    /** The event's own timestamp, in milliseconds since 1970. */
    long timestamp() {
        String text = text("timestamp");
        return text.isEmpty() ? record.timestamp() : Long.parseLong(text);
    }

    /** The event as it was, if it {@link #isReference is in it}. */
    RelayRecord event() {
        List<RelayHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(DeadLetters.PREFIX)) {
                headers.add(new RelayHeader(header.key(), header.value()));
            }
        }
        byte[] key = record.key();
        return new RelayRecord(topic(), key == null ? new byte[0] : key, record.value(), headers, timestamp());
    }

    private String text(String name) {
        Header header = header(name);
        return header == null || header.value() == null ? "" : new String(header.value(), UTF_8);
    }

    private @Nullable Header header(String name) {
        return record.headers().lastHeader(DeadLetters.PREFIX + name);
    }
}
