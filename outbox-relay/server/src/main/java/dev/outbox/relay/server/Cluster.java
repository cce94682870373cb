package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the relay asks of the brokers beside producing. Blocks, at most for the time that the admin's settings give. */
public final class Cluster implements Topics.Limits, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Cluster.class);

    private static final int TRANSACTION_VERSION = 2;

    private final StreamConfig config;
    private final Admin admin;

    /**
     * Makes the admin client, which connects when it is asked something.
     *
     * @param settings {@link ProducerSettings#admin}
     * @throws RelayException if no client can be made of the settings
     */
    public Cluster(StreamConfig config, Map<String, Object> settings) {
        this.config = config;
        this.admin = create(() -> Admin.create(settings));
    }

    /** Makes a client; what its constructor throws becomes a sentence. */
    public <T> T create(Supplier<T> client) {
        try {
            return client.get();
        } catch (KafkaException e) {
            throw e.getCause() instanceof ConfigException
                    ? KafkaErrors.unreachable(config.bootstrapServers(), e)
                    : KafkaErrors.client(e);
        }
    }

    /**
     * Asks which brokers there are.
     *
     * @throws RelayException if no broker answers
     */
    public void requireReachable() {
        try {
            get(admin.describeCluster().nodes());
        } catch (KafkaException e) {
            throw KafkaErrors.unreachable(config.bootstrapServers(), e);
        }
    }

    /**
     * Without the second version of its transactions, a broker can take a late record of one transaction into the next.
     *
     * @throws RelayException if the brokers are too old for exactly once
     */
    public void requireTransactions() {
        try {
            FinalizedVersionRange found = get(admin.describeFeatures().featureMetadata())
                    .finalizedFeatures()
                    .get("transaction.version");
            int version = found == null ? 0 : found.maxVersionLevel();
            if (version < TRANSACTION_VERSION) {
                throw new RelayException(
                        "Expected transaction.version=" + TRANSACTION_VERSION + " at " + config.bootstrapServers()
                                + " for delivery: exactly-once, found " + version + ". Upgrade the brokers to 4.0 or"
                                + " newer, and raise it with kafka-features.sh upgrade --feature transaction.version="
                                + TRANSACTION_VERSION + "; or use at-least-once.",
                        false,
                        null);
            }
        } catch (KafkaException e) {
            throw KafkaErrors.unreachable(config.bootstrapServers(), e);
        }
    }

    /**
     * Asks the brokers.
     *
     * @throws KafkaException what the answer failed with
     */
    public <T> T ask(Function<Admin, KafkaFuture<T>> question) {
        return get(question.apply(admin));
    }

    /**
     * A topic's {@code max.message.bytes}; makes the topic if it is missing and may be made.
     *
     * @throws RelayException if the topic can't be had
     */
    @Override
    public int maxMessageBytes(String topic) {
        ConfigResource resource = resource(topic);
        try {
            return maxMessageBytes(get(Objects.requireNonNull(
                    admin.describeConfigs(List.of(resource)).values().get(resource))));
        } catch (UnknownTopicOrPartitionException e) {
            return create(topic);
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "look up", config.bootstrapServers(), e);
        }
    }

    /** The same for many, in one question each for the limits and for those that are missing. */
    @Override
    public Map<String, Integer> maxMessageBytes(Collection<String> topics) {
        Map<String, Integer> limits = new HashMap<>();
        List<String> missing = new ArrayList<>();
        admin.describeConfigs(topics.stream().map(Cluster::resource).toList())
                .values()
                .forEach((resource, config) -> {
                    try {
                        limits.put(resource.name(), maxMessageBytes(get(config)));
                    } catch (UnknownTopicOrPartitionException e) {
                        missing.add(resource.name());
                    } catch (KafkaException e) {
                        log.debug("The topic {} could not be looked up among others.", resource.name(), e);
                    }
                });
        if (config.createTopics()) {
            create(withoutCollisions(missing), limits);
        }
        return limits;
    }

    /** Brokers refuse a name that differs from another in dots and underscores alone, but not in the same request. */
    static List<String> withoutCollisions(List<String> topics) {
        Map<String, String> apart = new LinkedHashMap<>();
        topics.forEach(topic -> apart.putIfAbsent(topic.replace('.', '_'), topic));
        return List.copyOf(apart.values());
    }

    private void create(List<String> topics, Map<String, Integer> limits) {
        var created = admin.createTopics(topics.stream().map(this::newTopic).toList());
        for (String topic : topics) {
            try {
                limits.put(topic, created(created, topic));
            } catch (KafkaException e) {
                log.debug("The topic {} could not be created among others.", topic, e);
            }
        }
    }

    /**
     * Those of some topics that are not there.
     *
     * @throws KafkaException if the brokers don't say
     */
    List<String> missing(Collection<String> topics) {
        Set<String> found = describe(topics).keySet();
        return topics.stream().filter(topic -> !found.contains(topic)).toList();
    }

    /**
     * Those of some topics that are there, by name.
     *
     * @throws KafkaException if the brokers don't say
     */
    Map<String, TopicDescription> describe(Collection<String> topics) {
        return askEach(admin -> admin.describeTopics(topics).topicNameValues(), (topic, e) -> {
            if (!(e instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        });
    }

    /**
     * Asks the brokers for many at once.
     *
     * @param failed is given what has no answer, and why
     */
    <K, T> Map<K, T> askEach(Function<Admin, Map<K, KafkaFuture<T>>> question, BiConsumer<K, KafkaException> failed) {
        Map<K, T> answers = new HashMap<>();
        question.apply(admin).forEach((key, answer) -> {
            try {
                answers.put(key, get(answer));
            } catch (KafkaException e) {
                failed.accept(key, e);
            }
        });
        return answers;
    }

    private int create(String topic) {
        if (!config.createTopics()) {
            throw new RelayException(
                    "The topic " + topic + " doesn't exist at " + config.bootstrapServers()
                            + ". Create it, and the stream"
                            + " goes on by itself; or let the relay do so with create-topics: true.",
                    true,
                    null);
        }
        try {
            return created(admin.createTopics(List.of(newTopic(topic))), topic);
        } catch (TopicExistsException e) {
            return maxMessageBytes(topic);
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "create", config.bootstrapServers(), e);
        }
    }

    private NewTopic newTopic(String topic) {
        return new NewTopic(topic, config.partitions(), config.replicationFactor());
    }

    private static int created(CreateTopicsResult created, String topic) {
        int limit = maxMessageBytes(get(created.config(topic)));
        log.info("Created the topic {} with {} partitions.", topic, get(created.numPartitions(topic)));
        return limit;
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static int maxMessageBytes(Config topic) {
        return Integer.parseInt(topic.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG).value());
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
