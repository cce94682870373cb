package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.samples.servers.KafkaBroker;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Causes of the stream's own, which come in mid-stream and go again: rights that are taken away, replicas that are too
 * few. Whatever the policy for records, nothing is diverted for them, and the stream goes on by itself.
 */
class CauseTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static KafkaBroker broker;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start(Map.of(
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found",
                "true"));
    }

    @AfterAll
    static void end() {
        broker.close();
    }

    @ParameterizedTest(name = "{0}, {1} on {2}")
    @CsvSource({
        "at-least-once, WRITE, topic, Grant the relay's principal WRITE",
        "exactly-once, WRITE, topic, Grant the relay's principal WRITE",
        "at-least-once, WRITE, position topic, Kafka did not take the stream's position",
        "exactly-once, WRITE, position topic, Kafka did not take the stream's position",
        "exactly-once, WRITE, transactional id, on the stream's transactional-id",
    })
    void a_right_that_is_taken_away_stops_the_stream_with_a_sentence_until_it_is_given_back(
            String mode, AclOperation operation, String where, String sentence) throws Exception {
        Shop shop = Shop.withOutbox(broker);
        Topic topic = create(shop.topic("Order"), 1);
        try (RunningStream stream = new RunningStream(shop.yaml("delivery: " + mode, "on-record-error: dead-letter"))) {
            StreamTest.awaitRelaying(stream);
            write(shop, 0);
            topic.committedValues(100);
            AclBinding denied = denied(operation, where, shop);
            change(admin -> admin.createAcls(List.of(denied)).all());

            write(shop, 1);
            StreamTest.awaitLog(stream, sentence, "Next attempt in ");
            write(shop, 2);
            assertThat(distinct(topic)).hasSizeLessThanOrEqualTo(where.equals("topic") ? 100 : 300);
            change(admin -> admin.deleteAcls(List.of(denied.toFilter())).all());

            await().atMost(LIMIT).until(() -> topic.committedValues(0).contains("300"));
            assertThat(stream.stop()).as("drained").isTrue();
            assertThat(distinct(topic)).containsExactlyElementsOf(numbers(300));
            if (mode.equals("exactly-once")) {
                assertThat(topic.committedValues(300)).hasSize(300);
            }
            assertThat(stream.summary()).doesNotContain("dead-lettered").doesNotContain("skipped");
        }
    }

    private static AclBinding denied(AclOperation operation, String where, Shop shop) {
        ResourcePattern resource = switch (where) {
            case "topic" -> literal(ResourceType.TOPIC, shop.topic("Order"));
            case "position topic" -> literal(ResourceType.TOPIC, shop.positionTopic());
            default -> literal(ResourceType.TRANSACTIONAL_ID, "outbox-relay-" + shop.name);
        };
        return new AclBinding(
                resource, new AccessControlEntry("User:ANONYMOUS", "*", operation, AclPermissionType.DENY));
    }

    private static ResourcePattern literal(ResourceType type, String name) {
        return new ResourcePattern(type, name, PatternType.LITERAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void too_few_replicas_in_sync_are_waited_for_and_nothing_is_confirmed_meanwhile(String mode) throws Exception {
        try (KafkaBroker second = broker.another()) {
            Shop shop = Shop.withOutbox(broker);
            Topic topic = create(shop.topic("Order"), 2);
            topic.set("min.insync.replicas", "2");
            try (RunningStream stream = new RunningStream(
                    shop.yaml("delivery: " + mode, "on-record-error: dead-letter", "ack-timeout: 3s"))) {
                StreamTest.awaitRelaying(stream);
                write(shop, 0);
                topic.committedValues(100);
                shop.awaitConfirmed(LIMIT);
                String confirmed = shop.query("SELECT pg_current_wal_lsn()");
                second.kill();

                write(shop, 1);
                StreamTest.awaitLog(stream, "within 3000 ms (ack-timeout)", "enough of them in sync", "Next attempt");
                write(shop, 2);
                assertThat(shop.query("SELECT confirmed_flush_lsn <= '" + confirmed
                                + "' FROM pg_replication_slots WHERE slot_name = '" + shop.name + "'"))
                        .isEqualTo("t");
                second.restart();

                await().atMost(LIMIT).until(() -> topic.committedValues(0).contains("300"));
                assertThat(stream.stop()).as("drained").isTrue();
                assertThat(distinct(topic)).containsExactlyElementsOf(numbers(300));
                if (mode.equals("exactly-once")) {
                    assertThat(topic.committedValues(300)).hasSize(300);
                }
                assertThat(stream.summary()).doesNotContain("dead-lettered").doesNotContain("skipped");
            }
        }
    }

    private interface Change {
        org.apache.kafka.common.KafkaFuture<?> by(Admin admin);
    }

    private static void change(Change change) throws ExecutionException, InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            change.by(admin).get();
        }
    }

    private static Topic create(String name, int replicas) throws ExecutionException, InterruptedException {
        change(admin -> admin.createTopics(List.of(new NewTopic(name, Optional.of(1), Optional.of((short) replicas))))
                .all());
        return new Topic(broker.bootstrapServers(), name);
    }

    private static void write(Shop shop, int round) {
        shop.events("Order", "'1'", "to_json(i + " + round * 100 + ")", 100);
    }

    private static Set<String> distinct(Topic topic) {
        return new LinkedHashSet<>(topic.committedValues(0));
    }

    private static List<String> numbers(int to) {
        return IntStream.rangeClosed(1, to).mapToObj(String::valueOf).toList();
    }
}
