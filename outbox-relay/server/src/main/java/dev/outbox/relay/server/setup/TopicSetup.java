package dev.outbox.relay.server.setup;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.KafkaErrors;
import dev.outbox.relay.server.PositionReader;
import dev.outbox.relay.server.PositionRecord;
import dev.outbox.relay.server.PositionTopicSetup;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.config.OnRecordError;
import dev.outbox.relay.server.config.StreamConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes a stream's topics: that of its position, those of its events that are known by name, that of dead letters. */
final class TopicSetup {

    private final StreamConfig config;
    private final Cluster cluster;
    private final Optional<Long> maxMessageBytes;

    /** @param maxMessageBytes of topics that hold events */
    TopicSetup(StreamConfig config, Cluster cluster, Optional<Long> maxMessageBytes) {
        this.config = config;
        this.cluster = cluster;
        this.maxMessageBytes = maxMessageBytes;
    }

    /**
     * The stream's position, if it has one already.
     *
     * @throws RelayException if the brokers can't be asked
     */
    Optional<Checkpoint> position() {
        cluster.requireReachable();
        String topic = config.delivery().positionTopic();
        if (!new PositionTopicSetup(config, cluster).exists()) {
            return Optional.empty();
        }
        return new PositionReader(cluster, new ProducerSettings(config).consumer(), config.bootstrapServers(), topic)
                .committed()
                .map(PositionRecord::checkpoint);
    }

    /**
     * Makes what is missing.
     *
     * @param aggregateTypes whose topics are wanted beside those that have a name of their own
     * @param step told of each topic when it is there, and whether it was made
     * @throws RelayException if a topic can't be made
     */
    void run(List<String> aggregateTypes, BiConsumer<Boolean, String> step) {
        make(
                new NewTopic(config.delivery().positionTopic(), Optional.of(1), config.replicationFactor())
                        .configs(PositionTopicSetup.SETTINGS),
                step);
        Map<String, String> size = maxMessageBytes
                .map(bytes -> Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(bytes)))
                .orElse(Map.of());
        for (String topic : topics(aggregateTypes)) {
            make(new NewTopic(topic, config.partitions(), config.replicationFactor()).configs(size), step);
        }
    }

    private Set<String> topics(List<String> aggregateTypes) {
        Set<String> topics = new TreeSet<>(config.relay().routes().values());
        if (!config.relay().topic().contains("{")) {
            topics.add(config.relay().topic());
        }
        aggregateTypes.forEach(type -> topics.add(config.relay().topicOf(type)));
        if (config.failure().onRecordError() == OnRecordError.DEAD_LETTER) {
            topics.add(config.failure().deadLetterTopic());
        }
        return topics;
    }

    private void make(NewTopic topic, BiConsumer<Boolean, String> step) {
        try {
            step.accept(false, found(topic.name()));
        } catch (UnknownTopicOrPartitionException e) {
            step.accept(true, create(topic));
        }
    }

    private String found(String topic) {
        try {
            var partitions = cluster.ask(admin -> Objects.requireNonNull(admin.describeTopics(List.of(topic))
                            .topicNameValues()
                            .get(topic)))
                    .partitions();
            return words(topic, partitions.size(), partitions.get(0).replicas().size());
        } catch (UnknownTopicOrPartitionException e) {
            throw e;
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "look up", config.bootstrapServers(), e);
        }
    }

    private String create(NewTopic topic) {
        try {
            CreateTopicsResult made = cluster.ask(admin -> {
                CreateTopicsResult result = admin.createTopics(List.of(topic));
                return result.all().thenApply(done -> result);
            });
            return words(
                    topic.name(),
                    cluster.ask(admin -> made.numPartitions(topic.name())),
                    cluster.ask(admin -> made.replicationFactor(topic.name())));
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic.name(), "create", config.bootstrapServers(), e);
        }
    }

    private static String words(String topic, int partitions, int replicas) {
        return "topic " + topic + " with " + partitions + (partitions == 1 ? " partition" : " partitions")
                + ", replication factor " + replicas;
    }
}
