package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;

/** Makes a stream's producer, for whoever holds the slot. */
final class StreamProducer {

    private StreamProducer() {}

    /**
     * Exactly once, this shuts out whoever used the stream's transactional id before, and ends what it has left open.
     *
     * @throws RelayException if the properties or the brokers don't allow it
     */
    static Producer<byte[], byte[]> open(StreamConfig config, ProducerSettings settings, Cluster cluster) {
        Producer<byte[], byte[]> producer = cluster.create(() -> new KafkaProducer<>(settings.producer()));
        if (config.delivery().exactlyOnce()) {
            try {
                producer.initTransactions();
            } catch (KafkaException e) {
                producer.close(Duration.ZERO);
                throw KafkaErrors.transaction(e);
            }
        }
        return producer;
    }
}
