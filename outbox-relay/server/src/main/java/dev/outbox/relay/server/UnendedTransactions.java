package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.DescribeTransactionsOptions;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a stream's Kafka transactions where the brokers have not: those of 4.3 write no end into a partition that has no
 * leader at that moment (KAFKA-20734). What was sent there would then share the fate of the stream's next transaction in
 * that partition, and an aborted one be committed along with what was sent in its place.
 *
 * <p>Transactions are told apart by the epoch of their producer: with version 2 of the brokers' transactions each has its
 * own. One for a stream over all attempts, as the brokers forget what became of the last transaction when a producer
 * begins. For the stream's thread.
 */
final class UnendedTransactions {

    private static final Logger log = LoggerFactory.getLogger(UnendedTransactions.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long CHECK_NANOS = 20_000_000;
    private static final byte[] NO_KEY = {};

    private final StreamConfig config;
    private final TopicPartition position;
    private final Map<Integer, Set<TopicPartition>> aborted = new HashMap<>();
    private long producerId = -1;
    private int lastEpoch = -1;
    private Set<TopicPartition> unseen = Set.of();

    UnendedTransactions(StreamConfig config) {
        this.config = config;
        this.position = new TopicPartition(config.delivery().positionTopic(), 0);
    }

    /**
     * Remembers how the last transaction has ended, before the next producer begins, which aborts an open one.
     *
     * @throws RelayException if the brokers don't say
     */
    void note(Cluster cluster) {
        String id = config.delivery().transactionalId();
        int limit = (int) Math.min(
                Integer.MAX_VALUE, new ProducerSettings(config).maxBlock().toMillis());
        try {
            read(
                    cluster,
                    cluster.ask(admin -> admin.describeTransactions(
                                    List.of(id), new DescribeTransactionsOptions().timeoutMs(limit))
                            .description(id)));
        } catch (TransactionalIdNotFoundException e) {
            remember(-1, -1);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private void read(Cluster cluster, TransactionDescription last) {
        int epoch = last.producerEpoch();
        switch (last.state()) {
            case ONGOING -> {
                // With a position in it, what is open in that topic is of this epoch, or nobody knows of which.
                remember(last.producerId(), last.topicPartitions().contains(position) ? -1 : epoch);
                aborted.put(epoch, Set.copyOf(last.topicPartitions()));
            }
            // From the moment on that it is to end, the epoch is the next one's.
            case PREPARE_ABORT, PREPARE_EPOCH_FENCE, COMPLETE_ABORT -> {
                remember(last.producerId(), epoch - 1);
                aborted.put(epoch - 1, all(cluster));
            }
            case PREPARE_COMMIT, COMPLETE_COMMIT -> remember(last.producerId(), epoch - 1);
            default -> {
                if (last.producerId() != producerId) {
                    remember(last.producerId(), -1);
                }
            }
        }
    }

    private void remember(long itsProducerId, int epoch) {
        if (itsProducerId != producerId) {
            aborted.clear();
        }
        producerId = itsProducerId;
        lastEpoch = epoch;
    }

    /** Wherever the stream may have written. */
    private Set<TopicPartition> all(Cluster cluster) {
        Set<String> topics = cluster.ask(admin -> admin.listTopics().names()).stream()
                .filter(topic -> topic.equals(position.topic())
                        || topic.equals(config.failure().deadLetterTopic())
                        || config.relay().mayRouteTo(topic))
                .collect(Collectors.toSet());
        Set<TopicPartition> all = new HashSet<>();
        cluster.describe(topics)
                .forEach((topic, description) -> description
                        .partitions()
                        .forEach(partition -> all.add(new TopicPartition(topic, partition.partition()))));
        return all;
    }

    /**
     * Ends them, before anything else is sent. Partitions without a leader are left for another attempt.
     *
     * @param producer that has shut out the one before
     * @throws RelayException if that can't be done
     */
    void end(Cluster cluster, Producer<byte[], byte[]> producer, PositionReader reader) {
        try {
            endInPositions(cluster, producer, reader);
            endAborted(cluster, producer);
        } catch (KafkaException e) {
            throw failed(e);
        }
    }

    private void endInPositions(Cluster cluster, Producer<byte[], byte[]> producer, PositionReader reader) {
        reader.requireLeader();
        OpenTransactions found = OpenTransactions.look(cluster, producerId, Set.of(position));
        if (!found.unseen().isEmpty()) {
            throw new KafkaException("The leader of the position topic " + position.topic() + " does not answer");
        }
        ProducerState open = found.open().get(position);
        if (open == null) {
            return;
        }
        long from = open.currentTransactionStartOffset().getAsLong();
        if (aborted.containsKey(open.producerEpoch())) {
            abort(cluster, producer, found.open());
        } else if (open.producerEpoch() <= lastEpoch) {
            commit(producer, reader.lastUncommitted(from));
        } else {
            throw new RelayException(
                    "A Kafka transaction of this stream is open in the position topic " + position.topic()
                            + ", and the brokers don't tell any more whether it was committed (KAFKA-20734). To have its"
                            + " events once more, run kafka-transactions.sh --bootstrap-server "
                            + config.bootstrapServers() + " abort --partition 0 --start-offset " + from + " --topic "
                            + position.topic() + ".",
                    false,
                    null);
        }
    }

    /** In all partitions that were noted. What is committed is left as it is: the next record there commits it. */
    private void endAborted(Cluster cluster, Producer<byte[], byte[]> producer) {
        Set<TopicPartition> noted =
                aborted.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
        OpenTransactions found = OpenTransactions.look(cluster, producerId, noted);
        Map<TopicPartition, ProducerState> open = new HashMap<>(found.open());
        open.values().removeIf(state -> !aborted.containsKey(state.producerEpoch()));
        if (!open.isEmpty()) {
            abort(cluster, producer, open);
        }
        unseen = found.unseen();
        aborted.replaceAll((epoch, partitions) ->
                partitions.stream().filter(unseen::contains).collect(Collectors.toSet()));
        aborted.values().removeIf(Set::isEmpty);
    }

    /** With a record in each, for only where there is one does a transaction have an end; it is aborted as well. */
    private void abort(Cluster cluster, Producer<byte[], byte[]> producer, Map<TopicPartition, ProducerState> open) {
        producer.beginTransaction();
        List<Future<RecordMetadata>> sent = open.entrySet().stream()
                .map(entry ->
                        producer.send(empty(entry.getKey(), entry.getValue().lastTimestamp())))
                .toList();
        sent.forEach(UnendedTransactions::await);
        producer.abortTransaction();
        awaitEnd(cluster, open.keySet());
        log.warn(
                "The brokers had aborted a Kafka transaction and left it open in {} (KAFKA-20734). Ended it.",
                open.keySet());
    }

    private static ProducerRecord<byte[], byte[]> empty(TopicPartition partition, long timestamp) {
        return new ProducerRecord<>(partition.topic(), partition.partition(), timestamp, NO_KEY, (byte[]) null);
    }

    /** The brokers write it after they have answered, if they do. */
    private void awaitEnd(Cluster cluster, Set<TopicPartition> partitions) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            OpenTransactions found = OpenTransactions.look(cluster, producerId, partitions);
            if (found.open().isEmpty() && found.unseen().isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new KafkaException(
                        "The brokers have not ended it in " + partitions + " within " + LIMIT.toSeconds() + " s");
            }
            LockSupport.parkNanos(CHECK_NANOS);
        }
    }

    private RelayException failed(KafkaException e) {
        return e instanceof org.apache.kafka.common.errors.TimeoutException
                ? KafkaErrors.unreachable(config.bootstrapServers(), e)
                : KafkaErrors.transaction(e);
    }

    /** With its last record once more. What becomes of a commit that is not answered is the brokers' to say. */
    private static void commit(Producer<byte[], byte[]> producer, ConsumerRecord<byte[], byte[]> last) {
        producer.beginTransaction();
        await(producer.send(
                new ProducerRecord<>(last.topic(), last.partition(), last.timestamp(), last.key(), last.value())));
        while (true) {
            try {
                producer.commitTransaction();
                break;
            } catch (org.apache.kafka.common.errors.TimeoutException e) {
                log.warn("The brokers have not committed the stream's position yet. Waiting for them.");
            }
        }
        log.warn(
                "The brokers had committed a Kafka transaction and left it open in {} (KAFKA-20734). Ended it.",
                last.topic());
    }

    private static void await(Future<RecordMetadata> sent) {
        try {
            var unused = sent.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException known ? known : new KafkaException(e.getCause());
        } catch (TimeoutException e) {
            throw new KafkaException("No acknowledgement within " + LIMIT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException(e);
        }
    }

    /** For an attempt: refuses the topics of partitions that it could not look at. The next one looks again. */
    Topics.Limits guard(Topics.Limits limits) {
        unseen = Set.of();
        return new Topics.Limits() {
            @Override
            public int maxMessageBytes(String topic) {
                if (isUnseen(topic)) {
                    throw new RelayException(
                            "The stream's last Kafka transaction may be open in a partition of the topic " + topic
                                    + " that had no leader. If brokers are away, start them, and the stream goes on by"
                                    + " itself.",
                            true,
                            null);
                }
                return limits.maxMessageBytes(topic);
            }

            @Override
            public Map<String, Integer> maxMessageBytes(Collection<String> topics) {
                return limits.maxMessageBytes(
                        topics.stream().filter(topic -> !isUnseen(topic)).toList());
            }
        };
    }

    private boolean isUnseen(String topic) {
        return unseen.stream().anyMatch(partition -> partition.topic().equals(topic));
    }
}
