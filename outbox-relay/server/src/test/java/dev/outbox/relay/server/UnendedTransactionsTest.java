package dev.outbox.relay.server;

import static dev.outbox.relay.server.TwoBrokerStream.checkpoint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.RelayException;
import dev.outbox.samples.servers.KafkaBroker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One of two brokers was killed with Kafka transactions open in its partitions. They were ended while it was away, and
 * brokers of 4.3 have written no end there (KAFKA-20734). With brokers that are mended this can go, with what it tests.
 */
class UnendedTransactionsTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Map<String, TwoBrokerStream> STREAMS = new LinkedHashMap<>();
    private static KafkaBroker first;
    private static KafkaBroker second;
    private static @Nullable Checkpoint takenWhileAway;
    private static List<String> refusedWhileAway = List.of();
    private static int limitOfNextAttempt;

    @BeforeAll
    static void breakThem() {
        first = KafkaBroker.start(Map.of(
                "authorizer.class.name",
                "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                "allow.everyone.if.no.acl.found",
                "true"));
        // While there is no other, so that it coordinates all transactions.
        stream("first").openProducer();
        second = first.another();
        stream("aborted").onBrokers(2, 1);
        stream("aborted by the next").onBrokers(2, 1);
        stream("not to be read").onBrokers(2, 1);
        stream("committed").onBrokers(2, 1);
        stream("committed before an abort").onBrokers(2, 1);
        stream("taken over").onBrokers(2, 1);
        stream("position aborted").onBrokers(1, 2);
        stream("position not known").onBrokers(1, 2);
        stream("position committed").onBrokers(1, 2);
        broken().forEach(stream -> {
            stream.openProducer();
            stream.begin().position(5).commit();
            stream.begin().event("one").position(6);
        });
        TwoBrokerStream open = stream("aborted by the next");
        open.unended().note(open.cluster());

        second.kill();
        await().atMost(LIMIT).until(() -> broken().noneMatch(TwoBrokerStream::hasLeaders));
        stream("aborted").abort();
        open.openProducer();
        stream("not to be read").abort();
        stream("taken over").abort();
        stream("position not known").abort();
        stream("committed").commit();
        stream("committed before an abort").commit();
        stream("committed before an abort").begin().position(7).abort();
        stream("position aborted").abort();
        stream("position committed").commit();
        takenWhileAway = stream("aborted").take();
        assertThat(stream("aborted").isAmongMany()).isFalse();
        refusedWhileAway = List.of(
                message(() -> stream("aborted").maxMessageBytes()),
                message(() -> stream("position aborted").take()));
        stream("aborted").beginAttempt();
        limitOfNextAttempt = stream("aborted").maxMessageBytes();

        second.restart();
        await().atMost(LIMIT).until(() -> broken().allMatch(TwoBrokerStream::hasLeaders));
    }

    private static Stream<TwoBrokerStream> broken() {
        return STREAMS.values().stream().skip(1);
    }

    private static String message(ThrowingCallable call) {
        return String.valueOf(catchThrowableOfType(RelayException.class, call).getMessage());
    }

    @Test
    void while_a_partition_has_no_leader_only_its_topic_is_refused() {
        assertThat(takenWhileAway).isEqualTo(checkpoint(5));
        assertThat(refusedWhileAway.get(0))
                .contains("open in a partition of the topic aborted.events that had no leader", "start them");
        assertThat(refusedWhileAway.get(1))
                .contains("The position topic outbox-relay.position-aborted.position has no leader");
    }

    @Test
    void an_attempt_refuses_nothing_before_it_has_looked_itself() {
        assertThat(limitOfNextAttempt).isPositive();
    }

    @Test
    void an_aborted_event_is_not_committed_along_with_what_is_sent_in_its_place() {
        TwoBrokerStream stream = stream("aborted");

        assertThat(stream.take()).isEqualTo(checkpoint(5));
        assertThat(stream.maxMessageBytes()).isPositive();
        assertThat(stream.isAmongMany()).isTrue();
        stream.begin().event("in its place").commit();

        assertThat(stream.events(1)).containsExactly("in its place");
    }

    @Test
    void nor_is_one_that_was_aborted_as_the_next_producer_began() {
        TwoBrokerStream stream = stream("aborted by the next");

        assertThat(stream.take()).isEqualTo(checkpoint(5));
        stream.begin().event("in its place").commit();

        assertThat(stream.events(1)).containsExactly("in its place");
    }

    @Test
    void a_committed_event_becomes_visible_with_the_next_also_if_a_later_transaction_was_aborted() {
        for (String name : List.of("committed", "committed before an abort")) {
            TwoBrokerStream stream = stream(name);

            assertThat(stream.take()).isEqualTo(checkpoint(6));
            stream.begin().event("two").commit();

            assertThat(stream.events(2)).as(name).containsExactly("one", "two");
        }
    }

    @Test
    void another_relay_that_is_told_of_the_abort_by_the_brokers_alone_ends_it_too() {
        try (TwoBrokerStream stream = new TwoBrokerStream(first.bootstrapServers(), "taken-over")) {
            assertThat(stream.take()).isEqualTo(checkpoint(5));
            stream.begin().event("in its place").commit();

            assertThat(stream.events(1)).containsExactly("in its place");
        }
    }

    @Test
    void an_aborted_position_does_not_count_and_a_committed_one_does() {
        assertThat(stream("position aborted").take()).isEqualTo(checkpoint(5));
        assertThat(stream("position committed").take()).isEqualTo(checkpoint(6));
    }

    @Test
    void a_position_of_which_nobody_knows_whether_it_was_committed_is_left_to_a_person() {
        TwoBrokerStream stream = stream("position not known");
        stream.openProducer();

        assertThat(message(stream::take))
                .contains("whether it was committed", "kafka-transactions.sh", "--start-offset 2 ");
    }

    @Test
    void without_the_right_to_look_the_stream_goes_on() {
        TwoBrokerStream stream = stream("not to be read");
        ResourcePattern topic = new ResourcePattern(ResourceType.TOPIC, stream.topic(), PatternType.LITERAL);
        List<AclBinding> rules = List.of(
                rule(topic, AclOperation.ALL, AclPermissionType.ALLOW),
                rule(topic, AclOperation.READ, AclPermissionType.DENY));
        List<AclBindingFilter> filters =
                rules.stream().map(AclBinding::toFilter).toList();
        stream.cluster().ask(admin -> admin.createAcls(rules).all());
        await().atMost(LIMIT).until(() -> !stream.mayRead());

        assertThat(stream.take()).isEqualTo(checkpoint(5));
        stream.cluster().ask(admin -> admin.deleteAcls(filters).all());
        await().atMost(LIMIT).until(stream::mayRead);
        stream.begin().event("two").commit();

        assertThat(stream.events(2)).containsExactly("one", "two");
    }

    private static AclBinding rule(ResourcePattern resource, AclOperation operation, AclPermissionType permission) {
        return new AclBinding(resource, new AccessControlEntry("User:ANONYMOUS", "*", operation, permission));
    }

    private static TwoBrokerStream stream(String name) {
        return STREAMS.computeIfAbsent(
                name, words -> new TwoBrokerStream(first.bootstrapServers(), words.replace(' ', '-')));
    }

    @AfterAll
    static void end() {
        STREAMS.values().forEach(TwoBrokerStream::close);
        second.close();
        first.close();
    }
}
