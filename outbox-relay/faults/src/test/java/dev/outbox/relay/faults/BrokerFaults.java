package dev.outbox.relay.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;

/** What happens to the broker. */
final class BrokerFaults {

    /** Longer than any client waits for an answer. */
    private static final Duration HANGING = Duration.ofSeconds(4);

    private static final Duration WAL_SENDER_TIMEOUT = Duration.ofSeconds(2);
    /** The least that the relay takes. */
    private static final int TRANSACTION_TIMEOUT_MS = 10_000;

    private static final List<String> MOVED = Load.TYPES.subList(1, Load.TYPES.size());
    private static final Duration UNAVAILABLE = Duration.ofSeconds(2);

    private BrokerFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("broker: SIGKILL")
                        .inject(target -> target.broker().kill())
                        .heal(target -> target.broker().restart())
                        .build(),
                Fault.named("broker: SIGSTOP")
                        .inject(target -> {
                            Signals.send("STOP", target.broker().pid());
                            target.last(HANGING);
                        })
                        .heal(target -> Signals.send("CONT", target.broker().pid()))
                        .build(),
                Fault.named("broker: clean restart")
                        .inject(target -> target.broker().stop())
                        .heal(target -> target.broker().restart())
                        .build(),
                Fault.named("broker: stopped for 3 × wal_sender_timeout").stream(
                                "wal-sender-timeout: " + WAL_SENDER_TIMEOUT.toSeconds() + "s")
                        .inject(BrokerFaults::stopForLong)
                        .heal(target -> target.broker().restart())
                        .build(),
                Fault.named("broker: topic deleted")
                        // How long the relay waits before it asks whether the topic is still there.
                        .kafka("max.block.ms", "3000")
                        .inject(target -> new TopicDeletion(target).run())
                        .build(),
                Fault.named("broker: Kafka transaction timeout")
                        .kafka("transaction.timeout.ms", String.valueOf(TRANSACTION_TIMEOUT_MS))
                        .inject(BrokerFaults::outlastTransaction)
                        .heal(target -> target.brokerLink().heal())
                        .build(),
                Fault.named("broker: the only one of some topics away as Kafka transactions end")
                        .kafka("transaction.timeout.ms", String.valueOf(TRANSACTION_TIMEOUT_MS))
                        .setup(BrokerFaults::moveTopics)
                        .inject(BrokerFaults::killUntilEnded)
                        .heal(target -> target.secondBroker().restart())
                        .destroysServers()
                        .build(),
                Fault.named("broker: right to write taken away")
                        .inject(WriteRight::takeAway)
                        .heal(WriteRight::giveBack)
                        .build(),
                Fault.named("broker: min.insync.replicas not met")
                        .topic("min.insync.replicas", "2")
                        .setup(BrokerFaults::addReplicas)
                        .inject(BrokerFaults::loseReplica)
                        .heal(BrokerFaults::findReplica)
                        .destroysServers()
                        .build());
    }

    /** All the while the server has to hear from the relay: its walsender stays the same. */
    private static void stopForLong(Target target) {
        Optional<Long> walsender = target.walsender();
        target.broker().stop();
        target.last(WAL_SENDER_TIMEOUT.multipliedBy(3));
        if (walsender.isEmpty() || !target.walsender().equals(walsender)) {
            throw new AssertionError("expected the walsender " + walsender + " to have gone on, found "
                    + target.walsender() + "; the relay says: " + target.relay().lastWords());
        }
    }

    /** The relay falls silent inside a transaction, for longer than it may take. At least once there is none. */
    private static void outlastTransaction(Target target) {
        if (!target.exactlyOnce()) {
            target.brokerLink().blackHole();
            target.last(HANGING);
            return;
        }
        target.await("the brokers to abort a Kafka transaction that was open for too long", () -> {
            target.brokerLink().blackHole();
            return switch (transaction(target)) {
                case COMPLETE_ABORT -> true;
                case ONGOING, PREPARE_ABORT, PREPARE_COMMIT, PREPARE_EPOCH_FENCE -> false;
                default -> {
                    target.brokerLink().heal();
                    yield false;
                }
            };
        });
    }

    /** Some go to the second broker. */
    private static void moveTopics(Target target) throws Exception {
        target.startSecondBroker();
        for (String type : MOVED) {
            reassign(target, type, List.of(2));
        }
    }

    /** What is ended while a partition has no leader, brokers of 4.3 leave open in it (SkippedMarkersTest). */
    private static void killUntilEnded(Target target) {
        target.await(
                "a Kafka transaction to be open",
                () -> !target.exactlyOnce() || transaction(target) == TransactionState.ONGOING);
        target.secondBroker().kill();
        target.await(
                "the partitions to have no leader",
                () -> eachPartition(
                        target,
                        MOVED,
                        partition ->
                                partition.leader() == null || partition.leader().isEmpty()));
        if (target.exactlyOnce()) {
            target.await(
                    "the brokers to end the Kafka transaction that was open",
                    () -> transaction(target) != TransactionState.ONGOING);
        } else {
            target.last(HANGING);
        }
    }

    private static TransactionState transaction(Target target) {
        String id = target.transactionalId();
        try {
            return target.admin()
                    .describeTransactions(List.of(id))
                    .description(id)
                    .get()
                    .state();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    /** The topics of the load get a copy on a second broker. All else stays on the first alone, which leads them. */
    static void addReplicas(Target target) throws Exception {
        target.startSecondBroker();
        for (String type : Load.TYPES) {
            reassign(target, type, List.of(1, 2));
        }
    }

    /** The brokers, by their ids, that hold a topic of the load from now on; the first of them leads it. */
    static void reassign(Target target, String type, List<Integer> brokers) throws Exception {
        for (int partition = 0; partition < Target.PARTITIONS; partition++) {
            target.admin()
                    .alterPartitionReassignments(Map.of(
                            new TopicPartition(target.topic(type), partition),
                            Optional.of(new NewPartitionReassignment(brokers))))
                    .all()
                    .get();
        }
        target.await(
                brokers.size() + " replicas in sync",
                () -> eachPartition(
                        target,
                        List.of(type),
                        partition -> partition.isr().size() == brokers.size()
                                && partition.leader() != null
                                && partition.leader().id() == brokers.get(0)));
    }

    static void findReplica(Target target) {
        Signals.send("CONT", target.secondBroker().pid());
    }

    /** Until then nothing more may be seen by anybody. */
    static void loseReplica(Target target) {
        Signals.send("STOP", target.secondBroker().pid());
        target.await("1 replica in sync", () -> isInSync(target, 1));
        AtomicInteger count = new AtomicInteger(-1);
        target.await("no more records", () -> {
            boolean same =
                    count.getAndSet(target.reader().count()) == target.reader().count();
            target.last(UNAVAILABLE);
            return same;
        });
    }

    private static boolean isInSync(Target target, int replicas) {
        return eachPartition(target, Load.TYPES, partition -> partition.isr().size() == replicas);
    }

    private static boolean eachPartition(Target target, List<String> types, Predicate<TopicPartitionInfo> condition) {
        try {
            return target
                    .admin()
                    .describeTopics(types.stream().map(target::topic).toList())
                    .allTopicNames()
                    .get()
                    .values()
                    .stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .allMatch(condition);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TimeoutException) {
                // The client asked the broker that is suspended.
                return false;
            }
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
