package dev.outbox.relay.server.replay;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.KafkaErrors;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Reads a stream's dead letters from the beginning up to where the topic ends when it begins. */
final class LetterReader {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final StreamConfig config;
    private final String topic;

    LetterReader(StreamConfig config) {
        this.config = config;
        this.topic = config.failure().deadLetterTopic();
    }

    /**
     * Each letter of this stream, one partition's in their order; no more than some are in memory.
     *
     * @throws RelayException if the topic can't be read
     */
    void read(Consumer<Letter> each) {
        ProducerSettings settings = new ProducerSettings(config);
        try (Cluster cluster = new Cluster(config, settings.admin())) {
            cluster.requireReachable();
            try (KafkaConsumer<byte[], byte[]> consumer =
                    cluster.create(() -> new KafkaConsumer<>(settings.consumer()))) {
                read(consumer, each);
            }
        } catch (UnknownTopicOrPartitionException e) {
            // No topic, no letters.
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "read", config.bootstrapServers(), e);
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer, Consumer<Letter> each) {
        List<PartitionInfo> found = consumer.partitionsFor(topic);
        if (found == null || found.isEmpty()) {
            return;
        }
        List<TopicPartition> partitions = found.stream()
                .map(partition -> new TopicPartition(topic, partition.partition()))
                .toList();
        consumer.assign(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        consumer.seekToBeginning(partitions);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                deadline = System.nanoTime() + PATIENCE.toNanos();
                Letter letter = new Letter(record);
                boolean known = record.offset() < ends.getOrDefault(new TopicPartition(topic, record.partition()), 0L);
                if (known && letter.stream().equals(config.name())) {
                    each.accept(letter);
                }
            }
            if (System.nanoTime() > deadline) {
                throw new RelayException(
                        "Expected more of the topic " + topic + " at " + config.bootstrapServers() + " within "
                                + PATIENCE.toSeconds()
                                + " s, found nothing. Check that its brokers run, and try again.",
                        true,
                        null);
            }
        }
    }
}
