package dev.outbox.relay.faults;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Deletes a topic under the hands of the relay, which makes it again. What was in it is gone, and the relay is not to blame:
 * it is read a last time while the relay's words don't reach the broker, and excluded. All else has to come.
 */
final class TopicDeletion {

    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration SETTLING = Duration.ofMillis(100);

    private final Target target;
    private final String topic;

    TopicDeletion(Target target) {
        this.target = target;
        this.topic = target.topic(Load.TYPES.get(0));
    }

    void run() throws Exception {
        target.brokerLink().blackHole();
        target.truth().excludeIds(contents());
        target.admin().deleteTopics(List.of(topic)).all().get();
        target.reader().deleted(topic);
        target.brokerLink().heal();
    }

    /** What the broker has taken, committed or not; a request that came before may still be at work. */
    private Set<UUID> contents() {
        Set<UUID> ids = new HashSet<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        target.broker().bootstrapServers(),
                        "isolation.level",
                        "read_uncommitted",
                        "enable.metrics.push",
                        "false"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> read = Map.of();
            for (var end = consumer.endOffsets(partitions); !end.equals(read); end = consumer.endOffsets(partitions)) {
                while (!isAt(end, consumer)) {
                    consumer.poll(POLL).forEach(record -> ids.add(Reader.id(record)));
                }
                read = end;
                target.last(SETTLING);
            }
        }
        return ids;
    }

    private static boolean isAt(Map<TopicPartition, Long> end, KafkaConsumer<byte[], byte[]> consumer) {
        return end.entrySet().stream().allMatch(one -> consumer.position(one.getKey()) >= one.getValue());
    }
}
