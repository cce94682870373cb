package dev.outbox.relay.server;

import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The properties of a stream's Kafka clients: what the guarantees stand on, then what was configured, then defaults. */
public final class ProducerSettings {

    private static final int MIB = 1024 * 1024;
    private static final int ADMIN_TIMEOUT_MS = 8_000;
    private static final int FETCH_WAIT_MS = 10;
    private static final int DEFAULT_MAX_REQUEST_SIZE = 64 * MIB;
    private static final int DEFAULT_MAX_BLOCK_MS = 30_000;
    private static final int DEFAULT_TRANSACTION_TIMEOUT_MS = 60_000;

    /** Nobody sees a record before the commit. Without transactions batches grow while the one before is on its way. */
    private static final int TRANSACTIONS_LINGER_MS = 5;

    private final StreamConfig config;

    /** Those of one stream. */
    public ProducerSettings(StreamConfig config) {
        this.config = config;
    }

    /** Not to be printed: there are passwords among them. */
    public Map<String, Object> producer() {
        Map<String, Object> settings = new HashMap<>(defaults());
        settings.putAll(config.kafka());
        settings.put(ProducerConfig.ACKS_CONFIG, "all");
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        // An event that expires in the client could be overtaken by a later one of its aggregate.
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        if (config.delivery().exactlyOnce()) {
            settings.put(
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG, config.delivery().transactionalId());
            // What follows a refused batch is aborted with it.
            settings.putIfAbsent(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 5);
        } else {
            // A new producer's first batches have no sequence at the broker to be checked against: behind a refused one
            // the next would be taken. With one request at a time the refusal is known before anything else is sent.
            settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        }
        settings.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        settings.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        return settings;
    }

    private Map<String, Object> defaults() {
        return Map.of(
                ProducerConfig.CLIENT_ID_CONFIG,
                clientId(),
                ProducerConfig.LINGER_MS_CONFIG,
                config.delivery().exactlyOnce() ? TRANSACTIONS_LINGER_MS : 0,
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
                DEFAULT_MAX_BLOCK_MS,
                ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                DEFAULT_TRANSACTION_TIMEOUT_MS,
                ProducerConfig.ENABLE_METRICS_PUSH_CONFIG,
                false);
    }

    /** The configured properties that an admin client shares with a producer. */
    public Map<String, Object> admin() {
        return shared(AdminClientConfig.configNames());
    }

    /** For the one who reads the position: committed records only, of a partition that it is given. */
    public Map<String, Object> consumer() {
        // The names of some plug-ins are the same, and their types are not.
        Set<String> names = new HashSet<>(AdminClientConfig.configNames());
        names.retainAll(ConsumerConfig.configNames());
        Map<String, Object> settings = shared(names);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        // It reads what is there; a fetch that waits for more would hold up its close, and with it each start.
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
        settings.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        settings.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        return settings;
    }

    private Map<String, Object> shared(Set<String> names) {
        Map<String, Object> settings = new HashMap<>();
        config.kafka().forEach((name, value) -> {
            if (names.contains(name)) {
                settings.put(name, value);
            }
        });
        settings.putIfAbsent(AdminClientConfig.CLIENT_ID_CONFIG, clientId());
        settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
        settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ADMIN_TIMEOUT_MS);
        settings.put(AdminClientConfig.ENABLE_METRICS_PUSH_CONFIG, false);
        return settings;
    }

    /** How long a Kafka transaction may take, in milliseconds. */
    public int transactionTimeoutMillis() {
        String configured = config.kafka().get(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
        return configured == null ? DEFAULT_TRANSACTION_TIMEOUT_MS : Integer.parseInt(configured.strip());
    }

    /** How long the producer waits for a topic that it does not know, and for anything else. */
    Duration maxBlock() {
        String configured = config.kafka().get(ProducerConfig.MAX_BLOCK_MS_CONFIG);
        return Duration.ofMillis(configured == null ? DEFAULT_MAX_BLOCK_MS : Long.parseLong(configured.strip()));
    }

    /** The largest record, not compressed, that the producer sends, in bytes. */
    public int maxRequestSize() {
        String configured = config.kafka().get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
        return configured == null ? DEFAULT_MAX_REQUEST_SIZE : Integer.parseInt(configured.strip());
    }

    private String clientId() {
        return "outbox-relay-" + config.name();
    }
}
