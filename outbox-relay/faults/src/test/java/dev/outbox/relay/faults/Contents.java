package dev.outbox.relay.faults;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Whether what has arrived is what was written, byte by byte: the checker looks at ids and aggregates alone. */
final class Contents {

    private Contents() {}

    static void requireUnchanged(Target target) {
        for (Transaction transaction : target.truth().committed()) {
            for (Event event : transaction.events()) {
                target.reader().record(event.id()).ifPresent(record -> {
                    require(event, "the payload", event.payload(), record.value());
                    require(event, "the type", event.type(), header(record, "eventType"));
                    require(event, "the aggregate type", event.aggregateType(), header(record, "aggregateType"));
                });
            }
        }
    }

    /** A NULL may be an empty value or none. */
    private static void require(Event event, String what, @Nullable String written, byte @Nullable [] found) {
        String expected = written == null ? "" : written;
        byte[] bytes = found == null ? new byte[0] : found;
        if (!Arrays.equals(expected.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw new AssertionError("expected " + what + " of the event " + event.id() + " to be '" + expected
                    + "', found '" + Reader.text(bytes) + "'");
        }
    }

    private static byte @Nullable [] header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return Objects.requireNonNull(header, name).value();
    }

    /** A dead letter tells why it is one. */
    static String reason(ConsumerRecord<byte[], byte[]> deadLetter) {
        return Reader.text(header(deadLetter, "outbox.dead-letter.reason"));
    }
}
