package dev.outbox.relay.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Position;
import dev.outbox.relay.SourceIdentity;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/** The Kafka side of a stream with exactly once, whose topics are on brokers of a test's choice. */
final class TwoBrokerStream implements AutoCloseable {

    private final String name;
    private final StreamConfig config;
    private final ProducerSettings settings;
    private final Cluster cluster;
    private final UnendedTransactions unended;
    private Topics.Limits limits;
    private @Nullable Producer<byte[], byte[]> producer;

    TwoBrokerStream(String bootstrapServers, String name) {
        this.name = name;
        String yaml = """
                relay:
                  kafka: { bootstrap.servers: %s }
                  streams:
                    %s: { url: jdbc:postgresql://localhost/shop, topic: %s, delivery: exactly-once }
                """.formatted(bootstrapServers, name, topic());
        config = ConfigReader.read(Shop.write(yaml), Map.of(), Map.of())
                .streams()
                .get(0);
        settings = new ProducerSettings(config);
        cluster = new Cluster(config, settings.admin());
        unended = new UnendedTransactions(config);
        limits = cluster;
    }

    String topic() {
        return name + ".events";
    }

    /** Makes the topics, each with the one replica of its one partition on the broker of that id. */
    TwoBrokerStream onBrokers(int events, int position) {
        cluster.ask(admin -> admin.createTopics(List.of(
                        new NewTopic(topic(), Map.of(0, List.of(events))),
                        new NewTopic(config.delivery().positionTopic(), Map.of(0, List.of(position)))
                                .configs(Map.of("cleanup.policy", "compact"))))
                .all());
        return this;
    }

    /** As the relay does before it asks for the slot. */
    void beginAttempt() {
        limits = unended.guard(cluster);
    }

    /** As it does when it gets the slot. */
    @Nullable Checkpoint take() {
        beginAttempt();
        PositionReader reader = new PositionReader(
                cluster,
                settings.consumer(),
                config.bootstrapServers(),
                config.delivery().positionTopic());
        return new PositionTopic(config, cluster, reader, this::openProducer, unended)
                .take()
                .orElse(null);
    }

    Producer<byte[], byte[]> openProducer() {
        close(producer);
        producer = StreamProducer.open(config, settings, cluster);
        return producer;
    }

    TwoBrokerStream begin() {
        producer().beginTransaction();
        return this;
    }

    TwoBrokerStream event(String value) {
        return send(new ProducerRecord<>(topic(), value.getBytes(UTF_8)));
    }

    TwoBrokerStream position(int lsn) {
        byte[] value = PositionFormat.write(
                new PositionRecord(1, checkpoint(lsn), config.delivery().transactionalId()), Instant.EPOCH);
        return send(new ProducerRecord<>(config.delivery().positionTopic(), 0, name.getBytes(UTF_8), value));
    }

    private TwoBrokerStream send(ProducerRecord<byte[], byte[]> record) {
        try {
            var unused = producer().send(record).get();
            return this;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    void commit() {
        producer().commitTransaction();
    }

    void abort() {
        producer().abortTransaction();
    }

    /** The values of committed events, as soon as there are so many. */
    List<String> events(int atLeast) {
        return new Topic(config.bootstrapServers(), topic()).committedValues(atLeast);
    }

    UnendedTransactions unended() {
        return unended;
    }

    Cluster cluster() {
        return cluster;
    }

    private Producer<byte[], byte[]> producer() {
        return Objects.requireNonNull(producer, "not opened");
    }

    /** As the relay asks before the first event goes there. */
    int maxMessageBytes() {
        return limits.maxMessageBytes(topic());
    }

    /** As it asks for many. */
    boolean isAmongMany() {
        return limits.maxMessageBytes(List.of(topic())).containsKey(topic());
    }

    /** Whether the brokers tell of the producers in the topic. */
    boolean mayRead() {
        try {
            TopicPartition partition = new TopicPartition(topic(), 0);
            var unused = cluster.ask(
                    admin -> admin.describeProducers(List.of(partition)).partitionResult(partition));
            return true;
        } catch (TopicAuthorizationException e) {
            return false;
        }
    }

    /** Whether both topics have leaders. */
    boolean hasLeaders() {
        return cluster.describe(List.of(topic(), config.delivery().positionTopic())).values().stream()
                .allMatch(OpenTransactions::haveLeaders);
    }

    static Checkpoint checkpoint(int lsn) {
        return new Checkpoint(
                new SourceIdentity("7", "shop", 1, 2, 3),
                new Position(1, new LogSequenceNumber(lsn), 0),
                new LogSequenceNumber(lsn + 1),
                new LogSequenceNumber(-1),
                0);
    }

    private static void close(@Nullable Producer<byte[], byte[]> producer) {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        close(producer);
        cluster.close();
    }
}
