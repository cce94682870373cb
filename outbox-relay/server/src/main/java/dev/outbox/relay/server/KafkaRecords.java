package dev.outbox.relay.server;

import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The engine's records as the producer takes them. */
public final class KafkaRecords {

    private KafkaRecords() {}

    /** The same record; the partition is left to the key. */
    public static ProducerRecord<byte[], byte[]> of(RelayRecord record) {
        RecordHeaders headers = new RecordHeaders();
        for (RelayHeader header : record.headers()) {
            headers.add(header.name(), header.value());
        }
        return new ProducerRecord<>(record.topic(), null, record.timestamp(), record.key(), record.value(), headers);
    }
}
