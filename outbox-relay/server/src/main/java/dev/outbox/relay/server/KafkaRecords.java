package dev.outbox.relay.server;

import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** The engine's records as the producer takes them. */
public final class KafkaRecords {

    private KafkaRecords() {}

    /** The same record; the partition is left to the key. */
    public static ProducerRecord<byte[], byte[]> of(RelayRecord record) {
        List<RelayHeader> own = record.headers();
        Header[] headers = new Header[own.size()];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = new RecordHeader(own.get(i).name(), own.get(i).value());
        }
        return new ProducerRecord<>(
                record.topic(), null, record.timestamp(), record.key(), record.value(), new RecordHeaders(headers));
    }
}
