package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the record of a position topic that counts. Committed ones only. */
public final class PositionReader {

    private static final Logger log = LoggerFactory.getLogger(PositionReader.class);

    /** Tried first: behind so many offsets, control records and aborted ones included, there nearly always is one. */
    private static final long TAIL = 1_000;

    private static final Duration READ_LIMIT = Duration.ofSeconds(30);
    private static final Duration OPEN_LIMIT = Duration.ofSeconds(75);
    private static final Duration LEADER_LIMIT = Duration.ofSeconds(8);
    private static final Duration NEW_TOPIC_LIMIT = Duration.ofSeconds(8);
    private static final Duration SAY_AFTER = Duration.ofSeconds(2);
    private static final long CHECK_NANOS = 20_000_000;

    private final Cluster cluster;
    private final Map<String, Object> settings;
    private final String bootstrapServers;
    private final TopicPartition partition;

    /**
     * A reader of one topic.
     *
     * @param settings {@link ProducerSettings#consumer}
     */
    public PositionReader(Cluster cluster, Map<String, Object> settings, String bootstrapServers, String topic) {
        this.cluster = cluster;
        this.settings = settings;
        this.bootstrapServers = bootstrapServers;
        this.partition = new TopicPartition(topic, 0);
    }

    /**
     * What is committed by now; the transaction of another relay may be open behind it.
     *
     * @throws RelayException if the topic can't be read, or holds something else
     */
    public Optional<PositionRecord> committed() {
        requireLeader();
        return read(end(IsolationLevel.READ_COMMITTED));
    }

    /**
     * What holds once no transaction is open any more. That of a relay that died is ended by the brokers: at the next
     * one's {@code initTransactions}, or by its timeout.
     */
    Optional<PositionRecord> settled() {
        long end = end(IsolationLevel.READ_UNCOMMITTED);
        long since = System.nanoTime();
        boolean said = false;
        while (end(IsolationLevel.READ_COMMITTED) < end) {
            Duration waited = Duration.ofNanos(System.nanoTime() - since);
            if (waited.compareTo(OPEN_LIMIT) > 0) {
                throw new RelayException(
                        "Waited " + waited.toSeconds() + " s for the end of a Kafka transaction that is open in the"
                                + " position topic " + partition.topic() + ". Does another relay write to it? The"
                                + " brokers end the transaction of one that died; one that they have left open is shown by"
                                + " kafka-transactions.sh find-hanging, and ended by abort.",
                        true,
                        null);
            }
            if (!said && waited.compareTo(SAY_AFTER) > 0) {
                log.info("Waiting for the end of a Kafka transaction that is open in {}.", partition.topic());
                said = true;
            }
            LockSupport.parkNanos(CHECK_NANOS);
        }
        return read(end);
    }

    /**
     * The last record there is, of a transaction that has no end.
     *
     * @param from where the transaction begins
     * @throws RelayException if it can't be read
     */
    ConsumerRecord<byte[], byte[]> lastUncommitted(long from) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
        long end = end(IsolationLevel.READ_UNCOMMITTED);
        try (Consumer<byte[], byte[]> consumer = cluster.create(() -> new KafkaConsumer<>(all))) {
            consumer.assign(List.of(partition));
            return Objects.requireNonNull(read(consumer, from, end).newest, "a transaction has records");
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /**
     * Waits for one, which the client would ask for without a pause.
     *
     * @throws RelayException if the topic is there and gets none
     */
    void requireLeader() {
        long deadline = System.nanoTime() + LEADER_LIMIT.toNanos();
        while (!hasLeader()) {
            if (System.nanoTime() > deadline) {
                throw new RelayException(
                        "The position topic " + partition.topic() + " has no leader. Start the brokers that are away,"
                                + " and the stream goes on by itself.",
                        true,
                        null);
            }
            LockSupport.parkNanos(CHECK_NANOS);
        }
    }

    private boolean hasLeader() {
        try {
            TopicDescription found =
                    cluster.describe(List.of(partition.topic())).get(partition.topic());
            return found == null || OpenTransactions.haveLeaders(found);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    /** Not every broker knows at once of a topic that was just made. */
    private long end(IsolationLevel isolation) {
        long deadline = System.nanoTime() + NEW_TOPIC_LIMIT.toNanos();
        while (true) {
            try {
                return cluster.ask(admin -> admin.listOffsets(
                                        Map.of(partition, OffsetSpec.latest()), new ListOffsetsOptions(isolation))
                                .partitionResult(partition))
                        .offset();
            } catch (UnknownTopicOrPartitionException e) {
                if (System.nanoTime() > deadline) {
                    throw failed(e);
                }
                LockSupport.parkNanos(CHECK_NANOS);
            } catch (KafkaException e) {
                throw failed(e);
            }
        }
    }

    private Optional<PositionRecord> read(long end) {
        try (Consumer<byte[], byte[]> consumer = cluster.create(() -> new KafkaConsumer<>(settings))) {
            consumer.assign(List.of(partition));
            long beginning = Objects.requireNonNull(
                    consumer.beginningOffsets(List.of(partition)).get(partition));
            Last last = read(consumer, Math.max(beginning, end - TAIL), end);
            if (last.newest == null && beginning < end - TAIL) {
                last = read(consumer, beginning, end);
            }
            return Optional.ofNullable(last.record);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private Last read(Consumer<byte[], byte[]> consumer, long from, long end) {
        Last last = new Last();
        long deadline = System.nanoTime() + READ_LIMIT.toNanos();
        consumer.seek(partition, from);
        while (consumer.position(partition) < end) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
                last.add(record);
            }
            if (System.nanoTime() > deadline) {
                throw new KafkaException("No more records within " + READ_LIMIT.toSeconds() + " s");
            }
        }
        return last;
    }

    private RelayException failed(KafkaException e) {
        return KafkaErrors.topic(partition.topic(), "read the position from", bootstrapServers, e);
    }

    /** The record that counts of those read so far. */
    private final class Last {

        private @Nullable PositionRecord record;
        private @Nullable ConsumerRecord<byte[], byte[]> newest;

        void add(ConsumerRecord<byte[], byte[]> next) {
            newest = next;
            if (next.value() == null || next.value().length == 0) {
                record = null;
                return;
            }
            PositionRecord read = parse(next);
            if (record == null || !record.outweighs(read)) {
                record = read;
            }
        }

        private PositionRecord parse(ConsumerRecord<byte[], byte[]> next) {
            try {
                return PositionFormat.read(next.value());
            } catch (IllegalArgumentException e) {
                throw new RelayException(
                        "The position can't be read from offset " + next.offset() + " of the topic " + partition.topic()
                                + ". " + e.getMessage(),
                        false,
                        e);
            }
        }
    }
}
