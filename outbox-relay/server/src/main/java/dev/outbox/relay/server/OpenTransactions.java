package dev.outbox.relay.server;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a producer has a transaction open.
 *
 * @param open with what the brokers know of the producer there
 * @param unseen partitions that could not be looked at, as they have no leader or it did not answer
 */
record OpenTransactions(Map<TopicPartition, ProducerState> open, Set<TopicPartition> unseen) {

    private static final Logger log = LoggerFactory.getLogger(OpenTransactions.class);
    private static final int MOST_NAMED = 5;

    /**
     * Looks into some partitions. Those that are gone, or may not be read, are left out.
     *
     * @throws KafkaException if the brokers don't answer
     */
    static OpenTransactions look(Cluster cluster, long producerId, Set<TopicPartition> partitions) {
        Map<TopicPartition, ProducerState> open = new HashMap<>();
        Set<TopicPartition> unseen = new HashSet<>();
        Set<TopicPartition> led = new HashSet<>();
        leaders(cluster, partitions).forEach((partition, has) -> (has ? led : unseen).add(partition));
        Set<String> denied = new TreeSet<>();
        cluster.askEach(
                        admin -> {
                            DescribeProducersResult found = admin.describeProducers(led);
                            return led.stream()
                                    .collect(Collectors.toMap(partition -> partition, found::partitionResult));
                        },
                        (partition, e) -> {
                            if (e instanceof TopicAuthorizationException) {
                                denied.add(partition.topic());
                            } else if (!(e instanceof UnknownTopicOrPartitionException)) {
                                log.debug("The producers of {} are not told.", partition, e);
                                unseen.add(partition);
                            }
                        })
                .forEach((partition, found) -> found.activeProducers().stream()
                        .filter(state -> state.producerId() == producerId
                                && state.currentTransactionStartOffset().isPresent())
                        .forEach(state -> open.put(partition, state)));
        if (!denied.isEmpty()) {
            log.warn(
                    "The relay has no READ on {} topics, such as {}, and can't see whether the brokers have ended its last"
                            + " Kafka transaction there. If it was part of it and they have not, consumers may see events"
                            + " twice.",
                    denied.size(),
                    denied.stream().limit(MOST_NAMED).toList());
        }
        return new OpenTransactions(open, unseen);
    }

    /** Whether they have one, of those that are there: for one that has none, the client asks without a pause. */
    private static Map<TopicPartition, Boolean> leaders(Cluster cluster, Set<TopicPartition> partitions) {
        Map<TopicPartition, Boolean> found = new HashMap<>();
        cluster.describe(partitions.stream().map(TopicPartition::topic).collect(Collectors.toSet()))
                .forEach((topic, description) -> {
                    for (TopicPartitionInfo info : description.partitions()) {
                        found.put(new TopicPartition(topic, info.partition()), hasLeader(info));
                    }
                });
        found.keySet().retainAll(partitions);
        return found;
    }

    /** Whether all partitions of a topic have one. */
    static boolean haveLeaders(TopicDescription topic) {
        return topic.partitions().stream().allMatch(OpenTransactions::hasLeader);
    }

    private static boolean hasLeader(TopicPartitionInfo partition) {
        return partition.leader() != null && !partition.leader().isEmpty();
    }
}
