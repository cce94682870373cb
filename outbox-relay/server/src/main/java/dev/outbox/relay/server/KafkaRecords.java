package dev.outbox.relay.server;

import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;

/** The engine's records as the producer takes them. */
public final class KafkaRecords {

    private KafkaRecords() {}

    /** The same record; the partition is left to the key. */
    public static ProducerRecord<byte[], byte[]> of(RelayRecord record) {
        ProducerRecord<byte[], byte[]> made =
                new ProducerRecord<>(record.topic(), null, record.timestamp(), record.key(), record.value());
        // Added to those it has: the constructor would copy them.
        Headers headers = made.headers();
        List<RelayHeader> own = record.headers();
        for (int i = 0; i < own.size(); i++) {
            headers.add(new RecordHeader(own.get(i).name(), own.get(i).value()));
        }
        return made;
    }
}
