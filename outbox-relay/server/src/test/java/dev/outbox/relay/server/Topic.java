package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** A topic, from a test's point of view. */
record Topic(String bootstrapServers, String name) {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    /** One of the shared broker. */
    Topic(String name) {
        this(Servers.BROKER.bootstrapServers(), name);
    }

    /** Makes it, with one partition. */
    static Topic create(String name, Map<String, String> settings) {
        return create(name, 1, settings);
    }

    static Topic create(String name, int partitions, Map<String, String> settings) {
        Topic topic = new Topic(name);
        try (Admin admin = topic.admin()) {
            admin.createTopics(List.of(new NewTopic(name, Optional.of(partitions), Optional.empty()).configs(settings)))
                    .all()
                    .get();
            return topic;
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    void set(String setting, String value) {
        var operation = new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET);
        try (Admin admin = admin()) {
            admin.incrementalAlterConfigs(
                            Map.of(new ConfigResource(ConfigResource.Type.TOPIC, name), List.of(operation)))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** All records that it holds, as soon as they are at least so many. */
    List<ConsumerRecord<byte[], byte[]>> records(int atLeast) {
        return records(atLeast, "read_uncommitted", LIMIT);
    }

    /** The same, committed ones only. */
    List<ConsumerRecord<byte[], byte[]>> committed(int atLeast, Duration limit) {
        return records(atLeast, "read_committed", limit);
    }

    List<String> committedValues(int atLeast) {
        return committed(atLeast, LIMIT).stream()
                .map(record -> text(record.value()))
                .toList();
    }

    /** What committed records say together, none of them kept: for those that are too many. */
    static final class Span {

        private long first = Long.MAX_VALUE;
        private long last = Long.MIN_VALUE;
        private int records;
        private int previous;
        private boolean inOrder = true;

        private void add(ConsumerRecord<byte[], byte[]> record) {
            first = Math.min(first, record.timestamp());
            last = Math.max(last, record.timestamp());
            records++;
            String digits = text(record.value()).replaceAll("\\D", "");
            int number = digits.isEmpty() ? previous + 1 : Integer.parseInt(digits);
            inOrder &= number == previous + 1;
            previous = number;
        }

        /** Between the first and the last, by their timestamps. */
        long millis() {
            return last - first;
        }

        int records() {
            return records;
        }

        /** Whether the numbers that are their values go up by one. */
        boolean inOrder() {
            return inOrder;
        }
    }

    Span span(int atLeast, Duration limit) {
        Span span = new Span();
        read(atLeast, "read_committed", limit, span::add);
        return span;
    }

    /** Reads along until there is such a record. */
    void awaitRecord(Predicate<ConsumerRecord<byte[], byte[]>> wanted, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean found = false;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("read_committed")) {
            assign(consumer, deadline);
            while (!found && System.nanoTime() < deadline) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                    found |= wanted.test(record);
                }
            }
        }
        assertThat(found).as("a record wanted of " + name).isTrue();
    }

    private List<ConsumerRecord<byte[], byte[]>> records(int atLeast, String isolation, Duration limit) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        read(atLeast, isolation, limit, records::add);
        return records;
    }

    private void read(int atLeast, String isolation, Duration limit, Consumer<ConsumerRecord<byte[], byte[]>> records) {
        int count = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(isolation)) {
            long deadline = System.nanoTime() + limit.toNanos();
            assign(consumer, deadline);
            while (System.nanoTime() < deadline && (count < atLeast || !atEnd(consumer))) {
                var polled = consumer.poll(Duration.ofMillis(100));
                polled.forEach(records);
                count += polled.count();
            }
        }
        assertThat(count).as("records of " + name).isGreaterThanOrEqualTo(atLeast);
    }

    private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        bootstrapServers,
                        "auto.offset.reset",
                        "earliest",
                        "isolation.level",
                        isolation,
                        // What is read is there already; a fetch that waits for more holds up the close.
                        "fetch.max.wait.ms",
                        "10"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void assign(KafkaConsumer<byte[], byte[]> consumer, long deadline) {
        while (partitions(consumer).isEmpty() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        consumer.assign(partitions(consumer));
        consumer.seekToBeginning(consumer.assignment());
    }

    private List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer) {
        try {
            return consumer.partitionsFor(name, Duration.ofSeconds(5)).stream()
                    .map(partition -> new TopicPartition(name, partition.partition()))
                    .toList();
        } catch (UnknownTopicOrPartitionException | org.apache.kafka.common.errors.TimeoutException e) {
            return List.of();
        }
    }

    private static boolean atEnd(KafkaConsumer<byte[], byte[]> consumer) {
        return consumer.endOffsets(consumer.assignment()).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    /** The values as text. */
    List<String> values(int atLeast) {
        return records(atLeast).stream().map(record -> text(record.value())).toList();
    }

    static String text(byte[] bytes) {
        return bytes == null ? "(null)" : new String(bytes, StandardCharsets.UTF_8);
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String header) {
        return text(record.headers().lastHeader(header).value());
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }
}
