package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.StreamConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sees that a stream's position topic is there, and that the position is safe in it. */
public final class PositionTopicSetup {

    private static final Logger log = LoggerFactory.getLogger(PositionTopicSetup.class);

    /**
     * Small segments, for only those before the last are compacted; and the brokers' time, for they refuse a record whose
     * time lies ahead of theirs, and the clock of the relay's machine may be wrong.
     */
    public static final Map<String, String> SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG,
            TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.SEGMENT_BYTES_CONFIG,
            String.valueOf(16 * 1024 * 1024),
            TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG,
            "LogAppendTime");

    private final StreamConfig config;
    private final Cluster cluster;
    private final String topic;

    /** Of one stream. */
    public PositionTopicSetup(StreamConfig config, Cluster cluster) {
        this.config = config;
        this.cluster = cluster;
        this.topic = config.delivery().positionTopic();
    }

    /**
     * Whether the topic is there, of whatever kind.
     *
     * @throws RelayException if the brokers can't be asked
     */
    public boolean exists() {
        try {
            describe();
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "look up", config.bootstrapServers(), e);
        }
    }

    private TopicDescription describe() {
        return cluster.ask(
                admin -> of(topic, admin.describeTopics(List.of(topic)).topicNameValues()));
    }

    /**
     * Makes the topic if it is missing and may be made.
     *
     * @throws RelayException if it can't be had, or would lose or hide the position
     */
    void require() {
        try {
            requireFit();
        } catch (UnknownTopicOrPartitionException e) {
            create();
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "look up", config.bootstrapServers(), e);
        }
    }

    /**
     * Looks at a topic that is there.
     *
     * @throws RelayException if it would lose or hide the position
     * @throws KafkaException if it can't be looked at
     */
    public void requireFit() {
        int partitions = describe().partitions().size();
        if (partitions != 1) {
            throw unfit("one partition", String.valueOf(partitions));
        }
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        Config settings = cluster.ask(
                admin -> of(resource, admin.describeConfigs(List.of(resource)).values()));
        String policy = settings.get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
        if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
            throw unfit("cleanup.policy=compact", policy);
        }
    }

    private static <K, V> KafkaFuture<V> of(K key, Map<K, KafkaFuture<V>> answers) {
        return Objects.requireNonNull(answers.get(key));
    }

    private RelayException unfit(String expected, String found) {
        return new RelayException(
                "Expected the position topic " + topic + " at " + config.bootstrapServers() + " to have " + expected
                        + ", found " + found + ". Mend the topic, or name another one as position-topic.",
                false,
                null);
    }

    private void create() {
        if (!config.createTopics()) {
            throw new RelayException(
                    "The position topic " + topic + " doesn't exist at " + config.bootstrapServers()
                            + ". Create it, with one partition and cleanup.policy=compact; or let the relay do so with"
                            + " create-topics: true.",
                    true,
                    null);
        }
        NewTopic missing = new NewTopic(topic, Optional.of(1), config.replicationFactor()).configs(SETTINGS);
        try {
            var unused =
                    cluster.ask(admin -> admin.createTopics(List.of(missing)).all());
            log.info("Created the position topic {}.", topic);
        } catch (TopicExistsException e) {
            requireFit();
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "create", config.bootstrapServers(), e);
        }
    }
}
