package dev.outbox.relay.server;

import dev.outbox.relay.server.config.StreamConfig;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The properties of a stream's Kafka clients: what the guarantees stand on, then what was configured, then defaults. */
final class ProducerSettings {

    private static final int MIB = 1024 * 1024;
    private static final int ADMIN_TIMEOUT_MS = 8_000;
    private static final int DEFAULT_MAX_REQUEST_SIZE = 64 * MIB;

    private final StreamConfig config;

    ProducerSettings(StreamConfig config) {
        this.config = config;
    }

    /** Not to be printed: there are passwords among them. */
    Map<String, Object> producer() {
        Map<String, Object> settings = new HashMap<>(defaults());
        settings.putAll(config.kafka());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // An event that expires in the client could be overtaken by a later one of its aggregate.
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        // A new producer's first batches have no sequence at the broker to be checked against: behind a refused one the
        // next would be taken. With one request at a time the refusal is known before anything else is sent.
        settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    private Map<String, Object> defaults() {
        return Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                clientId(),
                ProducerConfig.LINGER_MS_CONFIG,
                2,
                ProducerConfig.BATCH_SIZE_CONFIG,
                128 * 1024,
                ProducerConfig.COMPRESSION_TYPE_CONFIG,
                "lz4",
                // The engine bounds the bytes in flight, so the producer never has to make send wait for memory.
                ProducerConfig.BUFFER_MEMORY_CONFIG,
                2 * config.relay().maxBytesInFlight() + maxRequestSize(),
                // Large, so that the topic's own limit decides.
                ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
                DEFAULT_MAX_REQUEST_SIZE,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                30_000,
                ProducerConfig.ENABLE_METRICS_PUSH_CONFIG,
                false);
    }

    /** The configured properties that an admin client shares with a producer. */
    Map<String, Object> admin() {
        Map<String, Object> settings = new HashMap<>();
        config.kafka().forEach((name, value) -> {
            if (AdminClientConfig.configNames().contains(name)) {
                settings.put(name, value);
            }
        });
        settings.putIfAbsent(AdminClientConfig.CLIENT_ID_CONFIG, clientId());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
        settings.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return settings;
    }

    /** The largest record, not compressed, that the producer sends, in bytes. */
    int maxRequestSize() {
        String configured = config.kafka().get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        return configured == null ? DEFAULT_MAX_REQUEST_SIZE : Integer.parseInt(configured.strip());
    }

    private String clientId() {
        return "outbox-relay-" + config.name();
    }
}
