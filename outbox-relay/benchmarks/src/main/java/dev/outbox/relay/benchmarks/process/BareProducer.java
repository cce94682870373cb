package dev.outbox.relay.benchmarks.process;

import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka's producer with the settings that the relay ships with, for what is to be the limit of it. */
final class BareProducer {

    private BareProducer() {}

    static KafkaProducer<byte[], byte[]> open(String bootstrapServers, int lingerMillis) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "acks",
                        "all",
                        "enable.idempotence",
                        true,
                        "linger.ms",
                        lingerMillis,
                        "batch.size",
                        128 * 1024,
                        "compression.type",
                        "lz4",
                        "buffer.memory",
                        64L * 1024 * 1024,
                        "enable.metrics.push",
                        false),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }
}
