package dev.outbox.relay.server.check;

import dev.outbox.relay.check.Finding;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.KafkaErrors;
import dev.outbox.relay.server.config.OnRecordError;
import dev.outbox.relay.server.config.StreamConfig;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics that are known by name: are they there, may the relay use them, and do they keep what they are given? */
final class TopicChecks {

    private static final Set<AclOperation> TO_WRITE =
            EnumSet.of(AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);
    private static final Set<AclOperation> TO_READ_TOO =
            EnumSet.of(AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS);

    private final StreamConfig config;
    private final Cluster cluster;
    private final Findings findings;
    private int largestRecord;

    TopicChecks(StreamConfig config, Cluster cluster, Findings findings) {
        this.config = config;
        this.cluster = cluster;
        this.findings = findings;
    }

    /** @param fromTable the topics of events in the table */
    void look(Set<String> fromTable) {
        look("position topic", config.delivery().positionTopic(), TO_READ_TOO, Optional.of(1));
        Set<String> topics = new TreeSet<>(fromTable);
        topics.addAll(config.relay().routes().values());
        if (!config.relay().topic().contains("{")) {
            topics.add(config.relay().topic());
        }
        for (String topic : topics) {
            look("topic", topic, TO_WRITE, config.partitions()).ifPresent(this::eventSettings);
        }
        if (config.failure().onRecordError() == OnRecordError.DEAD_LETTER) {
            look("dead-letter topic", config.failure().deadLetterTopic(), TO_WRITE, Optional.empty())
                    .ifPresent(this::deadLetterSettings);
        }
    }

    private record Settings(String topic, Config values) {

        String get(String name) {
            return values.get(name).value();
        }

        int number(String name) {
            return Integer.parseInt(get(name));
        }
    }

    /** The topic's settings, if it is there and may be looked at. */
    private Optional<Settings> look(
            String subject, String topic, Set<AclOperation> needed, Optional<Integer> partitions) {
        int before = findings.all().size();
        try {
            TopicDescription found = cluster.ask(admin -> Objects.requireNonNull(
                    admin.describeTopics(List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .topicNameValues()
                            .get(topic)));
            rights(subject, topic, needed, found.authorizedOperations());
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            Settings settings = new Settings(
                    topic,
                    cluster.ask(admin -> Objects.requireNonNull(
                            admin.describeConfigs(List.of(resource)).values().get(resource))));
            replicas(subject, found, settings);
            partitions(subject, found, partitions);
            if (findings.all().size() == before && !subject.startsWith("position")) {
                findings.add(Finding.ok(
                        subject,
                        topic + ", " + found.partitions().size() + " partitions, "
                                + TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "="
                                + settings.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)));
            }
            return Optional.of(settings);
        } catch (UnknownTopicOrPartitionException e) {
            missing(subject, topic, partitions);
        } catch (AuthorizationException e) {
            if (findings.all().size() == before) {
                rights(subject, topic, needed, Set.of());
            }
        } catch (KafkaException e) {
            findings.add(subject, KafkaErrors.topic(topic, "look up", config.bootstrapServers(), e));
        }
        return Optional.empty();
    }

    private void rights(String subject, String topic, Set<AclOperation> needed, Collection<AclOperation> granted) {
        Set<AclOperation> missing = EnumSet.copyOf(needed);
        missing.removeAll(granted);
        if (!missing.isEmpty()) {
            List<String> names = missing.stream().map(AclOperation::name).toList();
            findings.add(Finding.error(
                    subject,
                    String.join(", ", needed.stream().map(AclOperation::name).toList()) + " on the topic " + topic
                            + " for the relay's principal",
                    "that it has no " + String.join(", ", names),
                    Acls.grant(config, names, "--topic " + topic)));
        } else if (config.delivery().exactlyOnce() && !granted.contains(AclOperation.READ)) {
            findings.add(Finding.warning(
                    subject,
                    "READ on the topic " + topic + " for the relay's principal",
                    "that it has none, so that it can't see whether the brokers have ended its transactions there",
                    Acls.grant(config, List.of(AclOperation.READ.name()), "--topic " + topic)));
        }
    }

    private void replicas(String subject, TopicDescription found, Settings settings) {
        int least = settings.number(TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG);
        int replicas = found.partitions().stream()
                .mapToInt(partition -> partition.replicas().size())
                .min()
                .orElse(0);
        int inSync = found.partitions().stream()
                .mapToInt(partition -> partition.isr().size())
                .min()
                .orElse(0);
        if (least > replicas) {
            findings.add(Finding.error(
                    subject,
                    "min.insync.replicas of the topic " + settings.topic() + " to be " + replicas
                            + " at most, for it has so many replicas",
                    least + ", so that no record is ever acknowledged",
                    alter(settings.topic(), "min.insync.replicas=" + replicas)));
        } else if (inSync < least) {
            findings.add(Finding.error(
                    subject,
                    least + " replicas of the topic " + settings.topic() + " to be in sync (min.insync.replicas)",
                    inSync + ", so that no record is acknowledged",
                    "Start the brokers that are away."));
        } else if (replicas > 1 && least == 1) {
            findings.add(Finding.warning(
                    subject,
                    "min.insync.replicas of the topic " + settings.topic() + " to be 2 or more",
                    "1, so that an acknowledged event can be on one broker alone",
                    alter(settings.topic(), "min.insync.replicas=2")));
        }
    }

    private void partitions(String subject, TopicDescription found, Optional<Integer> configured) {
        int partitions = found.partitions().size();
        if (configured.isPresent() && configured.get() != partitions && !subject.startsWith("position")) {
            findings.add(Finding.warning(
                    subject,
                    configured.get() + " partitions of the topic " + found.name() + ", as configured",
                    String.valueOf(partitions),
                    partitions < configured.get()
                            ? "Run kafka-topics.sh --bootstrap-server " + config.bootstrapServers()
                                    + " --alter --topic " + found.name() + " --partitions " + configured.get()
                                    + ", with the relay stopped and all of it consumed, for keys change their partition."
                            : "Set partitions: " + partitions + "; a topic's partitions can't be made fewer."));
        }
    }

    private void missing(String subject, String topic, Optional<Integer> partitions) {
        if (!config.createTopics()) {
            findings.add(Finding.error(
                    subject,
                    "the topic " + topic + " at " + config.bootstrapServers() + ", with create-topics: false",
                    "none of that name",
                    "Run outbox-relay setup, or kafka-topics.sh --bootstrap-server " + config.bootstrapServers()
                            + " --create --topic " + topic
                            + (subject.startsWith("position")
                                    ? " --partitions 1 --config cleanup.policy=compact."
                                    : ".")));
            return;
        }
        Optional<Integer> wanted = subject.startsWith("topic") ? partitions : partitions.or(config::partitions);
        NewTopic made = new NewTopic(topic, wanted, config.replicationFactor());
        try {
            var unused =
                    cluster.ask(admin -> admin.createTopics(List.of(made), new CreateTopicsOptions().validateOnly(true))
                            .all());
            findings.add(Finding.ok(subject, topic + " is not there yet: the relay makes it"));
        } catch (AuthorizationException e) {
            findings.add(Finding.error(
                    subject,
                    "CREATE on the topic " + topic + ", which is not there, for the relay's principal",
                    "that it has none",
                    Acls.grant(config, List.of("CREATE"), "--topic " + topic)));
        } catch (KafkaException e) {
            findings.add(subject, KafkaErrors.topic(topic, "create", config.bootstrapServers(), e));
        }
    }

    private void eventSettings(Settings settings) {
        largestRecord = Math.max(largestRecord, settings.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG));
        if (settings.get(TopicConfig.CLEANUP_POLICY_CONFIG).contains("compact")) {
            findings.add(Finding.warning(
                    "topic",
                    "cleanup.policy=delete of the topic " + settings.topic(),
                    settings.get(TopicConfig.CLEANUP_POLICY_CONFIG)
                            + ", so that of an aggregate's events only the last is kept",
                    alter(settings.topic(), "cleanup.policy=delete")));
        }
        if (settings.get(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG).equals("LogAppendTime")) {
            findings.add(Finding.warning(
                    "topic",
                    "message.timestamp.type=CreateTime of the topic " + settings.topic(),
                    "LogAppendTime, so that the time of commit is lost",
                    alter(settings.topic(), "message.timestamp.type=CreateTime")));
        }
    }

    private void deadLetterSettings(Settings settings) {
        int limit = settings.number(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
        if (limit < largestRecord) {
            findings.add(Finding.warning(
                    "dead-letter topic",
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG + " of the topic " + settings.topic() + " to be "
                            + largestRecord + " or more, as an event's topic allows",
                    limit + ", so that larger dead letters come without their value",
                    alter(settings.topic(), TopicConfig.MAX_MESSAGE_BYTES_CONFIG + "=" + largestRecord)));
        }
    }

    private String alter(String topic, String setting) {
        return "Run kafka-configs.sh --bootstrap-server " + config.bootstrapServers()
                + " --alter --entity-type topics --entity-name " + topic + " --add-config " + setting + ".";
    }
}
