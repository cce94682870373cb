package dev.outbox.relay.server.check;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.check.Finding;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.KafkaErrors;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.Sentences;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;

/** The brokers themselves: do they answer, can they do what is configured, and what time is it there? */
final class BrokerChecks {

    private static final String SUBJECT = "brokers";
    private static final String TRANSACTIONS = "transactions";
    private static final String MAX_TRANSACTION_TIMEOUT = "transaction.max.timeout.ms";
    private static final Duration CLOCKS_APART = Duration.ofSeconds(2);

    /** What brokers take by default: a record's timestamp may be so far ahead of their clock. */
    private static final Duration FUTURE_TAKEN = Duration.ofHours(1);

    private final StreamConfig config;
    private final Cluster cluster;
    private final Findings findings;

    BrokerChecks(StreamConfig config, Cluster cluster, Findings findings) {
        this.config = config;
        this.cluster = cluster;
        this.findings = findings;
    }

    /** Whether they answer; if so, all but topics and clock is looked at. */
    boolean reachable() {
        Collection<Node> nodes;
        try {
            nodes = cluster.ask(admin -> admin.describeCluster().nodes());
        } catch (KafkaException e) {
            findings.add(SUBJECT, KafkaErrors.unreachable(config.bootstrapServers(), e));
            return false;
        }
        findings.add(Finding.ok(
                SUBJECT,
                nodes.size() + " at "
                        + nodes.stream()
                                .map(node -> node.host() + ":" + node.port())
                                .collect(Collectors.joining(", "))
                        + features()));
        if (config.delivery().exactlyOnce()) {
            transactions(nodes);
        }
        return true;
    }

    private String features() {
        try {
            Map<String, FinalizedVersionRange> levels =
                    new TreeMap<>(cluster.ask(admin -> admin.describeFeatures().featureMetadata())
                            .finalizedFeatures());
            return levels.entrySet().stream()
                    .filter(feature -> feature.getKey().matches("(metadata|transaction)\\.version"))
                    .map(feature ->
                            ", " + feature.getKey() + "=" + feature.getValue().maxVersionLevel())
                    .collect(Collectors.joining());
        } catch (KafkaException e) {
            return "";
        }
    }

    private void transactions(Collection<Node> nodes) {
        int before = findings.all().size();
        try {
            cluster.requireTransactions();
        } catch (RelayException e) {
            findings.add(TRANSACTIONS, e);
        }
        String id = config.delivery().transactionalId();
        try {
            var unused =
                    cluster.ask(admin -> admin.describeTransactions(List.of(id)).description(id));
        } catch (TransactionalIdNotFoundException e) {
            // Nobody has used it yet.
        } catch (AuthorizationException e) {
            findings.add(Finding.error(
                    TRANSACTIONS,
                    "WRITE and DESCRIBE on the transactional-id " + id + " for the relay's principal",
                    "that it may not describe it",
                    Acls.grant(config, List.of("WRITE", "DESCRIBE"), "--transactional-id " + id)));
        } catch (KafkaException e) {
            findings.add(TRANSACTIONS, KafkaErrors.unreachable(config.bootstrapServers(), e));
        }
        longestTransaction(nodes);
        if (findings.all().size() == before) {
            findings.add(Finding.ok(TRANSACTIONS, "transactional-id " + id));
        }
    }

    /** Who may not ask for the brokers' settings is not told. */
    private void longestTransaction(Collection<Node> nodes) {
        int timeout = new ProducerSettings(config).transactionTimeoutMillis();
        ConfigResource broker = new ConfigResource(
                ConfigResource.Type.BROKER, nodes.iterator().next().idString());
        try {
            int limit = Integer.parseInt(cluster.ask(admin -> Objects.requireNonNull(
                            admin.describeConfigs(List.of(broker)).values().get(broker)))
                    .get(MAX_TRANSACTION_TIMEOUT)
                    .value());
            if (timeout > limit) {
                findings.add(Finding.error(
                        TRANSACTIONS,
                        "transaction.timeout.ms of " + limit + " at most, which is the brokers' "
                                + MAX_TRANSACTION_TIMEOUT,
                        String.valueOf(timeout),
                        "Set transaction.timeout.ms under kafka to " + limit + " or less."));
            }
        } catch (AuthorizationException e) {
            // The first transaction tells.
        } catch (KafkaException e) {
            findings.add(TRANSACTIONS, KafkaErrors.unreachable(config.bootstrapServers(), e));
        }
    }

    /**
     * The controller's clock, which it tells of itself among its voters.
     *
     * @param databaseAhead how far the database's clock is ahead of this machine's
     */
    void clock(InstantSource clock, Optional<Duration> databaseAhead) {
        try {
            Instant before = clock.instant();
            QuorumInfo quorum =
                    cluster.ask(admin -> admin.describeMetadataQuorum().quorumInfo());
            Instant after = clock.instant();
            quorum.voters().stream()
                    .filter(voter -> voter.replicaId() == quorum.leaderId())
                    .findFirst()
                    .filter(leader -> leader.lastCaughtUpTimestamp().isPresent())
                    .ifPresent(leader -> findings.add(clock(
                            Instant.ofEpochMilli(leader.lastCaughtUpTimestamp().getAsLong()),
                            before,
                            after,
                            databaseAhead)));
        } catch (KafkaException e) {
            findings.add(Finding.warning(
                    "brokers' clock",
                    "the brokers to tell their time",
                    Sentences.words(e),
                    Acls.grant(config, List.of("DESCRIBE"), "--cluster")));
        }
    }

    /** Whether a record with the database's time would be taken, and whether the clocks go the same. */
    static Finding clock(Instant brokers, Instant before, Instant after, Optional<Duration> databaseAhead) {
        Duration uncertain = Duration.between(before, after);
        Duration ahead = Duration.between(before.plus(uncertain.dividedBy(2)), brokers);
        Duration database = databaseAhead.map(of -> of.minus(ahead)).orElse(Duration.ZERO);
        if (database.compareTo(FUTURE_TAKEN) > 0) {
            return Finding.error(
                    "brokers' clock",
                    "the database's clock to be that of the brokers, which take no record from an hour ahead",
                    "it " + words(database),
                    "Let both follow the same time (NTP).");
        }
        if (ahead.abs().minus(uncertain).compareTo(CLOCKS_APART) < 0) {
            return Finding.ok("brokers' clock", "that of this machine");
        }
        return Finding.warning(
                "brokers' clock",
                "the clock of the brokers to be that of this machine",
                "it " + words(ahead),
                "Let both follow the same time (NTP).");
    }

    private static String words(Duration ahead) {
        return ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead");
    }
}
