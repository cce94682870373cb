package dev.outbox.relay.server;

import static dev.outbox.relay.server.TwoBrokerStream.checkpoint;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Position;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.status.Paused;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The position topic on a real broker. */
class PositionTopicTest {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String topic = "position-" + COUNT.incrementAndGet();
    private final StreamConfig config = config("");
    private final ProducerSettings settings = new ProducerSettings(config);
    private final Cluster cluster = new Cluster(config, settings.admin());
    private final Producer<byte[], byte[]> writer = producer(null);

    @AfterEach
    void close() {
        writer.close();
        cluster.close();
    }

    @Test
    void a_missing_topic_is_made_and_holds_no_position() {
        new PositionTopicSetup(config, cluster).require();
        new PositionTopicSetup(config, cluster).require();

        assertThat(positions(config).peek()).isEmpty();
        assertThat(positions(config).take()).isEmpty();
    }

    @Test
    void a_missing_topic_that_may_not_be_made_is_one_sentence() {
        StreamConfig careful = config("      create-topics: false\n");

        assertThatExceptionOfType(RelayException.class)
                .isThrownBy(() -> new PositionTopicSetup(careful, cluster).require())
                .withMessageContainingAll(topic, "doesn't exist", "one partition and cleanup.policy=compact");
    }

    @Test
    void a_topic_that_would_lose_or_hide_the_position_is_refused() {
        Topic.create(topic, 2, Map.of("cleanup.policy", "compact"));
        assertUnfit("one partition, found 2");
    }

    @Test
    void a_topic_that_deletes_is_refused() {
        Topic.create(topic, Map.of("cleanup.policy", "compact,delete"));
        assertUnfit("cleanup.policy=compact, found compact,delete");
    }

    @Test
    void the_last_record_is_the_position_however_many_came_before() {
        new PositionTopicSetup(config, cluster).require();
        try (Producer<byte[], byte[]> producer = producer(null)) {
            for (int i = 0; i < 2_500; i++) {
                send(producer, record(1, i));
            }
        }

        assertThat(positions(config).take()).contains(checkpoint(2_499));
    }

    @Test
    void the_clock_of_the_relays_machine_may_be_wrong() throws Exception {
        new PositionTopicSetup(config, cluster).require();
        long nextMonth = Instant.now().plus(Duration.ofDays(30)).toEpochMilli();
        byte[] position = PositionFormat.write(record(1, 5), Instant.ofEpochMilli(nextMonth));
        try (Producer<byte[], byte[]> producer = producer(null)) {
            producer.send(new ProducerRecord<>(topic, 0, nextMonth, "shop".getBytes(UTF_8), position))
                    .get();
        }

        assertThat(positions(config).take()).contains(checkpoint(5));
    }

    @Test
    void an_emptied_topic_holds_no_position() {
        new PositionTopicSetup(config, cluster).require();
        try (Producer<byte[], byte[]> producer = producer(null)) {
            send(producer, record(1, 5));
            send(producer, null);
        }

        assertThat(positions(config).take()).isEmpty();
    }

    @Test
    void a_relay_that_has_lost_the_slot_and_does_not_know_moves_the_position_nowhere() {
        new PositionTopicSetup(config, cluster).require();
        try (Producer<byte[], byte[]> producer = producer(null)) {
            send(producer, record(1, 5));
            send(producer, record(2, 7));
            send(producer, record(1, 6));
        }

        assertThat(positions(config).take()).contains(checkpoint(7));
    }

    @Test
    void of_one_epoch_the_record_counts_that_has_come_furthest_also_inside_a_transaction() {
        new PositionTopicSetup(config, cluster).require();
        Checkpoint idle = checkpoint(5);
        Checkpoint inside = inside(7, 3);
        try (Producer<byte[], byte[]> producer = producer(null)) {
            send(producer, new PositionRecord(1, idle, null));
            send(producer, new PositionRecord(1, inside, null));
            send(producer, new PositionRecord(1, inside(7, 2), null));
        }

        assertThat(idle.confirmableLsn()).isGreaterThan(inside.confirmableLsn());
        assertThat(positions(config).take()).contains(inside);
    }

    @Test
    void an_aborted_transaction_leaves_no_position_even_behind_many() {
        new PositionTopicSetup(config, cluster).require();
        try (Producer<byte[], byte[]> producer = producer(topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, record(1, 5));
            producer.commitTransaction();
            producer.beginTransaction();
            for (int i = 0; i < 1_500; i++) {
                send(producer, record(1, 6));
            }
            producer.abortTransaction();
        }

        assertThat(positions(config).take()).contains(checkpoint(5));
    }

    @Test
    void an_open_transaction_is_waited_for_and_peeked_past() {
        new PositionTopicSetup(config, cluster).require();
        try (Producer<byte[], byte[]> producer = producer(topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, record(1, 5));
            producer.flush();

            assertThat(positions(config).peek()).isEmpty();
            CompletableFuture<Boolean> taken =
                    CompletableFuture.supplyAsync(() -> positions(config).take().isPresent());
            Awaitility.await().during(Duration.ofMillis(500)).until(() -> !taken.isDone());
            producer.commitTransaction();

            assertThat(taken.join()).isTrue();
        }
    }

    @Test
    void whoever_wrote_last_with_a_transactional_id_is_shut_out_also_by_a_relay_without_one() {
        new PositionTopicSetup(config, cluster).require();
        try (Producer<byte[], byte[]> producer = producer(topic)) {
            producer.initTransactions();
            producer.beginTransaction();
            send(producer, new PositionRecord(1, checkpoint(5), topic));
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, new PositionRecord(1, checkpoint(6), topic));
            producer.flush();

            assertThat(positions(config).take()).contains(checkpoint(5));
            assertThatExceptionOfType(org.apache.kafka.common.KafkaException.class)
                    .isThrownBy(producer::commitTransaction);
        }
    }

    @Test
    void a_pause_is_carried_from_record_to_record_until_it_is_taken_back() {
        new PositionTopicSetup(config, cluster).require();
        Paused paused = new Paused("ann", Instant.EPOCH);
        PositionTopic first = positions(config);
        first.take();
        first.pause(paused);
        try (Producer<byte[], byte[]> producer = producer(null)) {
            write(producer, first.record(checkpoint(5)));
            PositionTopic second = positions(config);
            assertThat(second.peekPaused()).contains(paused);
            second.take();
            assertThat(second.paused()).contains(paused);
            write(producer, second.record(checkpoint(6)));
            assertThat(positions(config).peekPaused()).contains(paused);

            second.pause(null);
            write(producer, second.record(checkpoint(6)));
            assertThat(positions(config).peekPaused()).isEmpty();
        }
    }

    private void assertUnfit(String words) {
        assertThatExceptionOfType(RelayException.class)
                .isThrownBy(() -> new PositionTopicSetup(config, cluster).require())
                .withMessageContainingAll(topic, words, "position-topic")
                .matches(e -> !e.retriable());
    }

    private PositionTopic positions(StreamConfig stream) {
        PositionReader reader =
                new PositionReader(cluster, settings.consumer(), Servers.BROKER.bootstrapServers(), topic);
        return new PositionTopic(stream, cluster, reader, () -> writer, new UnendedTransactions(stream));
    }

    private StreamConfig config(String further) {
        String yaml = """
                relay:
                  kafka: { bootstrap.servers: %s }
                  streams:
                    shop:
                      url: jdbc:postgresql://localhost/shop
                      position-topic: %s
                """.formatted(Servers.BROKER.bootstrapServers(), topic);
        return ConfigReader.read(Shop.write(yaml + further), Map.of(), Map.of())
                .streams()
                .get(0);
    }

    private static Producer<byte[], byte[]> producer(@Nullable String transactionalId) {
        Map<String, Object> properties = new HashMap<>();
        properties.put("bootstrap.servers", Servers.BROKER.bootstrapServers());
        if (transactionalId != null) {
            properties.put("transactional.id", transactionalId);
        }
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void send(Producer<byte[], byte[]> producer, @Nullable PositionRecord record) {
        byte[] value = record == null ? null : PositionFormat.write(record, Instant.EPOCH);
        var unused = producer.send(new ProducerRecord<>(topic, 0, "shop".getBytes(UTF_8), value));
    }

    private static void write(Producer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        var unused = producer.send(record);
        producer.flush();
    }

    private static PositionRecord record(long epoch, int lsn) {
        return new PositionRecord(epoch, checkpoint(lsn), null);
    }

    /** Of a transaction at this LSN, before which less may be confirmed than beside it. */
    private static Checkpoint inside(int lsn, long index) {
        Checkpoint whole = checkpoint(lsn);
        return new Checkpoint(
                whole.source(),
                new Position(1, new LogSequenceNumber(lsn), index),
                new LogSequenceNumber(1),
                whole.checkedLsn(),
                0);
    }
}
