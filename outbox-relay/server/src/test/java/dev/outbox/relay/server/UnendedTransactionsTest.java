package dev.outbox.relay.server;

import static dev.outbox.relay.server.TwoBrokerStream.checkpoint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.RelayException;
import dev.outbox.samples.servers.KafkaBroker;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One of two brokers was killed with Kafka transactions open in its partitions. They were ended while it was away, and
 * brokers of 4.3 have written no end there (KAFKA-20734).
 */
class UnendedTransactionsTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final Map<String, TwoBrokerStream> STREAMS = new LinkedHashMap<>();
    private static KafkaBroker first;
    private static KafkaBroker second;
    private static @Nullable String whileAway;
    private static TransactionState stateThen;

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
        stream("position aborted").onBrokers(1, 2);
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
        stream("committed").commit();
        stream("committed before an abort").commit();
        stream("committed before an abort").begin().position(7).abort();
        stream("position aborted").abort();
        stream("position committed").commit();
        whileAway = catchThrowableOfType(RelayException.class, stream("aborted")::take)
                .getMessage();
        stateThen = stream("aborted").state();

        second.restart();
        await().atMost(LIMIT).until(() -> broken().allMatch(TwoBrokerStream::hasLeaders));
    }

    private static Stream<TwoBrokerStream> broken() {
        return STREAMS.values().stream().skip(1);
    }

    @Test
    void while_the_broker_is_away_the_stream_waits_and_the_next_attempt_can_still_see_what_was_aborted() {
        assertThat(whileAway).contains("The partition aborted.events-0 has no leader", "Start the brokers");
        assertThat(stateThen).isIn(TransactionState.PREPARE_ABORT, TransactionState.COMPLETE_ABORT);
    }

    @Test
    void an_aborted_event_is_not_committed_along_with_what_is_sent_in_its_place() {
        TwoBrokerStream stream = stream("aborted");

        assertThat(stream.take()).isEqualTo(checkpoint(5));
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

            assertThat(stream.events(1)).as(name).containsExactly("one", "two");
        }
    }

    @Test
    void an_aborted_position_does_not_count_and_a_committed_one_does() {
        assertThat(stream("position aborted").take()).isEqualTo(checkpoint(5));
        assertThat(stream("position committed").take()).isEqualTo(checkpoint(6));
    }

    @Test
    void without_the_right_to_look_the_stream_goes_on() {
        TwoBrokerStream stream = stream("not to be read");
        AclBinding rule = new AclBinding(
                new ResourcePattern(ResourceType.TOPIC, stream.topic(), PatternType.LITERAL),
                new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.READ, AclPermissionType.DENY));
        stream.cluster().ask(admin -> admin.createAcls(List.of(rule)).all());

        assertThat(stream.take()).isEqualTo(checkpoint(5));
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
