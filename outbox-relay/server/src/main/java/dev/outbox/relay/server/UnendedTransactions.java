package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.StreamConfig;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
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
    private static final byte[] NO_KEY = {};

    private final StreamConfig config;
    private final TopicPartition position;
    private final Map<Integer, Set<TopicPartition>> aborted = new HashMap<>();
    private long producerId = -1;
    private int lastEpoch = -1;

    UnendedTransactions(StreamConfig config) {
        this.config = config;
        this.position = new TopicPartition(config.delivery().positionTopic(), 0);
    }

    /**
     * Remembers how the last transaction has ended, before the next producer begins, which aborts an open one.
     *
     * @throws RelayException if the brokers don't say, or while a partition has no leader that may have been part of it
     */
    void note(Cluster cluster) {
        String id = config.delivery().transactionalId();
        try {
            TransactionDescription last =
                    cluster.ask(admin -> admin.describeTransactions(List.of(id)).description(id));
            producerId = last.producerId();
            switch (last.state()) {
                case ONGOING -> aborted(last.producerEpoch(), last.topicPartitions());
                // From the moment on that it is to end, the epoch is the next one's.
                case PREPARE_ABORT, PREPARE_EPOCH_FENCE, COMPLETE_ABORT ->
                    aborted(last.producerEpoch() - 1, all(cluster));
                case PREPARE_COMMIT, COMPLETE_COMMIT -> lastEpoch = last.producerEpoch() - 1;
                default -> log.debug("The transactional id {} is {}.", id, last.state());
            }
            Set<TopicPartition> needed = abortedPartitions();
            needed.add(position);
            var unused = led(cluster, needed);
        } catch (TransactionalIdNotFoundException e) {
            log.debug("The transactional id {} was not used yet.", id);
        } catch (KafkaException e) {
            throw KafkaErrors.transaction(e);
        }
    }

    private void aborted(int epoch, Collection<TopicPartition> partitions) {
        lastEpoch = epoch;
        aborted.put(epoch, Set.copyOf(partitions));
    }

    private Set<TopicPartition> abortedPartitions() {
        return aborted.values().stream().flatMap(Set::stream).collect(Collectors.toCollection(HashSet::new));
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
     * Ends them in the topic of the position, which can't be read before.
     *
     * @param producer that has shut out the one before
     */
    void endInPositions(Cluster cluster, Producer<byte[], byte[]> producer, PositionReader reader) {
        ProducerState open = open(cluster, Set.of(position)).get(position);
        if (open == null) {
            return;
        }
        if (aborted.containsKey(open.producerEpoch())) {
            abort(producer, Set.of(position));
        } else if (open.producerEpoch() <= lastEpoch) {
            commit(
                    producer,
                    reader.lastUncommitted(open.currentTransactionStartOffset().getAsLong()));
        }
    }

    /**
     * Ends the aborted ones wherever else they are open. What is committed is left as it is: the next record in its
     * partition commits it.
     */
    void endAborted(Cluster cluster, Producer<byte[], byte[]> producer) {
        Set<TopicPartition> unended = new HashSet<>();
        open(cluster, abortedPartitions()).forEach((partition, state) -> {
            if (aborted.containsKey(state.producerEpoch())) {
                unended.add(partition);
            }
        });
        if (!unended.isEmpty()) {
            abort(producer, unended);
        }
        aborted.clear();
    }

    private Map<TopicPartition, ProducerState> open(Cluster cluster, Set<TopicPartition> partitions) {
        try {
            return cluster.openTransactions(producerId, led(cluster, partitions));
        } catch (KafkaException e) {
            throw KafkaErrors.transaction(e);
        }
    }

    /** Those that are there; all of them have leaders. */
    private static Set<TopicPartition> led(Cluster cluster, Set<TopicPartition> partitions) {
        Set<TopicPartition> led = new HashSet<>();
        cluster.describe(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()))
                .forEach((topic, description) -> description.partitions().forEach(info -> {
                    TopicPartition partition = new TopicPartition(topic, info.partition());
                    if (partitions.contains(partition)) {
                        requireLeader(partition, info);
                        led.add(partition);
                    }
                }));
        return led;
    }

    private static void requireLeader(TopicPartition partition, TopicPartitionInfo info) {
        if (info.leader() == null || info.leader().isEmpty()) {
            throw new RelayException(
                    "The partition " + partition + " has no leader, and the stream's last Kafka transaction may be open"
                            + " in it. Start the brokers that are away, and the stream goes on by itself.",
                    true,
                    null);
        }
    }

    /** With a record in each, for only where there is one does the transaction have an end; it is aborted as well. */
    private static void abort(Producer<byte[], byte[]> producer, Set<TopicPartition> partitions) {
        producer.beginTransaction();
        send(
                producer,
                partitions.stream()
                        .map(partition -> new ProducerRecord<byte[], byte[]>(
                                partition.topic(), partition.partition(), NO_KEY, null))
                        .toList());
        producer.abortTransaction();
        log.warn(
                "The brokers had aborted a Kafka transaction and left it open in {} (KAFKA-20734). Ended it.",
                partitions);
    }

    /** With the position that it holds, once more. */
    private static void commit(Producer<byte[], byte[]> producer, ConsumerRecord<byte[], byte[]> last) {
        producer.beginTransaction();
        send(producer, List.of(new ProducerRecord<>(last.topic(), last.partition(), last.key(), last.value())));
        producer.commitTransaction();
        log.warn(
                "The brokers had committed a Kafka transaction and left it open in {} (KAFKA-20734). Ended it.",
                last.topic());
    }

    private static void send(Producer<byte[], byte[]> producer, List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent = records.stream().map(producer::send).toList();
        try {
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        } catch (ExecutionException e) {
            throw KafkaErrors.transaction(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw KafkaErrors.transaction(e);
        }
    }
}
