package dev.outbox.relay.compat.debezium;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.StreamSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic of three partitions, with what it holds. */
record Topic(String bootstrapServers, String name) {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    static Topic create(String bootstrapServers, String name) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(3), Optional.empty())))
                    .all()
                    .get();
            return new Topic(bootstrapServers, name);
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** What a consumer gets to see of a record, as text. */
    record Seen(String topic, int partition, String key, String value, Map<String, String> headers, long timestamp) {

        static final String NONE = "(none)";

        static Seen of(ConsumerRecord<byte[], byte[]> record) {
            Map<String, String> headers = new TreeMap<>();
            StreamSupport.stream(record.headers().spliterator(), false)
                    .forEach(header -> headers.put(header.key(), text(header.value())));
            return new Seen(
                    record.topic(),
                    record.partition(),
                    text(record.key()),
                    text(record.value()),
                    headers,
                    record.timestamp());
        }

        private static String text(byte[] bytes) {
            return bytes == null ? NONE : new String(bytes, StandardCharsets.UTF_8);
        }

        String id() {
            return headers.getOrDefault("id", "");
        }

        /** Debezium has no such header. */
        boolean isRelayed() {
            return headers.containsKey("contentType");
        }
    }

    /** All that it holds, in the order of each partition, once it is so much. */
    List<Seen> records(int count) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(partition -> new TopicPartition(name, partition.partition()))
                    .toList();
            consumer.assign(partitions);
            List<Seen> seen = new ArrayList<>();
            await().atMost(LIMIT).until(() -> {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> seen.add(Seen.of(record)));
                return seen.size() >= count && atEnd(consumer);
            });
            return seen;
        }
    }

    private static boolean atEnd(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
