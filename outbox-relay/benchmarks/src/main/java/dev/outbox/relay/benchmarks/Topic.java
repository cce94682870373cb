package dev.outbox.relay.benchmarks;

import dev.outbox.samples.cli.SampleException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** The topic of one run. Not thread safe. */
final class Topic implements AutoCloseable {

    static final int PARTITIONS = 3;

    /** For payloads of a megabyte. */
    private static final String MAX_MESSAGE_BYTES = "2097152";

    private static final Duration POLL = Duration.ofMillis(100);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Admin admin;
    private final String bootstrapServers;
    private final String name;
    private final List<TopicPartition> partitions;

    private Topic(Admin admin, String bootstrapServers, String name) {
        this.admin = admin;
        this.bootstrapServers = bootstrapServers;
        this.name = name;
        this.partitions = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(name, partition))
                .toList();
    }

    static Topic create(String bootstrapServers, String name) {
        Topic topic = new Topic(
                Admin.create(Map.of("bootstrap.servers", bootstrapServers, "enable.metrics.push", false)),
                bootstrapServers,
                name);
        get(topic.admin
                .createTopics(List.of(new NewTopic(name, Optional.of(PARTITIONS), Optional.of((short) 1))
                        .configs(Map.of("max.message.bytes", MAX_MESSAGE_BYTES))))
                .all());
        return topic;
    }

    String name() {
        return name;
    }

    List<TopicPartition> partitions() {
        return partitions;
    }

    /**
     * Whether so many records can be read, and none waits for the end of its transaction. The ends of transactions take
     * offsets too, a few dozen a second: what comes with the last of them is the end either way.
     */
    boolean holds(long records) {
        long committed = end(IsolationLevel.READ_COMMITTED);
        return committed >= records && end(IsolationLevel.READ_UNCOMMITTED) == committed;
    }

    private long end(IsolationLevel isolation) {
        Map<TopicPartition, OffsetSpec> latest =
                partitions.stream().collect(Collectors.toMap(partition -> partition, any -> OffsetSpec.latest()));
        return get(admin.listOffsets(latest, new ListOffsetsOptions(isolation)).all()).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    /**
     * Reads them all, committed ones only, and counts. Returns how many are more than were expected, or some of those.
     *
     * @throws SampleException if the side made fewer than were expected, or more and is not Debezium
     */
    long repeated(long expected, Side side) {
        long found = count(expected);
        if (found < expected || (found > expected && !side.isDebezium())) {
            throw new SampleException("Expected " + expected + " records of '" + side + "', found " + found
                    + ": what does not do its work can't be measured.");
        }
        return found - expected;
    }

    private long count(long expected) {
        long count = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers, Map.of())) {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            long lastNanos = System.nanoTime();
            while (true) {
                int polled = consumer.poll(POLL).count();
                count += polled;
                if (count > expected) {
                    return count;
                }
                if (polled > 0) {
                    lastNanos = System.nanoTime();
                } else if (count == expected || System.nanoTime() - lastNanos > PATIENCE_NANOS) {
                    return count;
                }
            }
        }
    }

    /** Of committed records. */
    static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "isolation.level",
                "read_committed",
                "auto.offset.reset",
                "earliest",
                "check.crcs",
                false,
                "enable.metrics.push",
                false));
        properties.putAll(more);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    /** Deletes it. */
    @Override
    public void close() {
        try (admin) {
            get(admin.deleteTopics(List.of(name)).all());
        }
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("The benchmark was interrupted.", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
