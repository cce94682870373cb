package dev.outbox.relay.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.outbox.samples.servers.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/**
 * What brokers of 4.3 get wrong (KAFKA-20734), shown with producers alone. The day this goes red, what README.md and
 * RATIONALE.md of the server say of it can go, and UnendedTransactions with it.
 */
class SkippedMarkersTest {

    private static final String TOPIC = "events";
    private static final byte[] EVENT = "an event".getBytes(StandardCharsets.UTF_8);

    @Test
    void a_transaction_that_is_aborted_while_a_partition_has_no_leader_is_committed_there_along_with_the_next()
            throws Exception {
        try (KafkaBroker first = KafkaBroker.start();
                Admin admin = Admin.create(Map.of("bootstrap.servers", first.bootstrapServers()))) {
            // While there is one broker, so that it coordinates the transactions.
            Producer<byte[], byte[]> producer = producer(first);
            producer.initTransactions();
            try (KafkaBroker second = first.another()) {
                admin.createTopics(List.of(new NewTopic(TOPIC, Map.of(0, List.of(2)))))
                        .all()
                        .get();
                producer.beginTransaction();
                producer.send(new ProducerRecord<>(TOPIC, EVENT)).get();

                second.kill();
                Threads.await("the partition to have no leader", () -> leader(admin) == null);
                try (Producer<byte[], byte[]> next = producer(first)) {
                    assertThatCode(next::initTransactions)
                            .as("brokers that are mended wait for the partition's leader")
                            .doesNotThrowAnyException();
                    second.restart();
                    next.beginTransaction();
                    next.send(new ProducerRecord<>(TOPIC, EVENT)).get();
                    next.commitTransaction();
                }
                assertThat(committed(first)).containsExactly(EVENT, EVENT);
                assertThat(first.output()).contains("likely deleted already");
            } finally {
                producer.close(Duration.ZERO);
            }
        }
    }

    private static Producer<byte[], byte[]> producer(KafkaBroker broker) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrapServers(),
                        "transactional.id",
                        "one",
                        "max.block.ms",
                        "20000"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    private static Node leader(Admin admin) {
        try {
            Node leader = admin.describeTopics(List.of(TOPIC))
                    .topicNameValues()
                    .get(TOPIC)
                    .get()
                    .partitions()
                    .get(0)
                    .leader();
            return leader == null || leader.isEmpty() ? null : leader;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Of all that is in the partition; waits until its transactions have ended. */
    private static List<byte[]> committed(KafkaBroker broker) {
        TopicPartition partition = new TopicPartition(TOPIC, 0);
        List<byte[]> found = new ArrayList<>();
        try (var all = consumer(broker, "read_uncommitted");
                var committed = consumer(broker, "read_committed")) {
            long end = all.endOffsets(List.of(partition)).get(partition);
            committed.assign(List.of(partition));
            committed.seekToBeginning(List.of(partition));
            Threads.await("the end of the last transaction", () -> {
                committed.poll(Duration.ofMillis(100)).forEach(record -> found.add(record.value()));
                return committed.position(partition) >= end;
            });
        }
        return found;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaBroker broker, String isolation) {
        return new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "isolation.level", isolation),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }
}
