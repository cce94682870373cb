package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.server.status.StreamState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** {@code delivery: exactly-once} on a real broker, and the ways between it and at-least-once. */
class ExactlyOnceTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);
    private static final String EXACTLY_ONCE = "delivery: exactly-once";

    @Test
    void events_arrive_once_over_stops_and_changes_of_the_mode_in_both_directions() {
        Shop shop = Shop.withOutbox();
        int round = 0;
        for (String mode : List.of(
                EXACTLY_ONCE, EXACTLY_ONCE, "delivery: at-least-once", "delivery: at-least-once", EXACTLY_ONCE)) {
            try (RunningStream stream = new RunningStream(shop.yaml("partitions: 1", mode))) {
                StreamTest.awaitRelaying(stream);
                write(shop, round, 200);
                new Topic(shop.topic("Order")).committedValues(++round * 200);
                assertThat(stream.stop()).as(mode + " drained").isTrue();
                assertThat(stream.state()).isEqualTo(StreamState.STOPPED);
            }
        }

        assertThat(new Topic(shop.topic("Order")).committedValues(round * 200))
                .containsExactlyElementsOf(numbers(round * 200));
    }

    @Test
    void the_server_forgets_nothing_that_is_not_committed_and_an_idle_slot_moves_on() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml(EXACTLY_ONCE))) {
            StreamTest.awaitRelaying(stream);
            shop.execute("CREATE TABLE noise AS SELECT generate_series(1, 1000)");
            String lsn = shop.query("SELECT pg_current_wal_lsn()");

            shop.awaitConfirmed(LIMIT);
            assertThat(PositionFormat.read(lastPosition(shop)).checkpoint().confirmableLsn())
                    .isGreaterThanOrEqualTo(dev.outbox.relay.pgoutput.LogSequenceNumber.parse(lsn));
        }
    }

    @Test
    void a_refused_record_is_seen_by_nobody_and_what_comes_before_it_is() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream = new RunningStream(shop.yaml(EXACTLY_ONCE, "kafka: { compression.type: none }"))) {
            StreamTest.awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Order', '1', 'happened.v1',
                           CASE WHEN i = 20 THEN to_json(repeat('x', 3000000)) ELSE to_json(i) END, now()
                    FROM generate_series(1, 30) AS i
                    """);
            // From the second attempt on, it is the first event that there is.
            await().atMost(LIMIT)
                    .until(() -> stream.log().stream()
                                    .filter(line -> line.contains("max.message.bytes") && line.contains("Next attempt"))
                                    .count()
                            >= 3);
            assertThat(stream.log()).noneMatch(line -> line.contains("Unexpected"));
            assertThat(topic.committedValues(19)).containsExactlyElementsOf(numbers(19));
            topic.set("max.message.bytes", "4000000");

            assertThat(topic.committedValues(30)).hasSize(30).doesNotHaveDuplicates();
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void a_broker_that_is_killed_in_the_middle_of_it_makes_no_event_come_twice() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml(EXACTLY_ONCE, "partitions: 1"))) {
            StreamTest.awaitRelaying(stream);
            write(shop, 0, 100);
            Topic topic = new Topic(shop.topic("Order"));
            topic.committedValues(1);
            Servers.BROKER.kill();
            write(shop, 1, 100);
            Servers.BROKER.restart();
            write(shop, 2, 100);

            assertThat(topic.committedValues(300)).containsExactlyElementsOf(numbers(300));
            assertThat(stream.stop()).as("drained").isTrue();
        }
    }

    @Test
    void a_commit_that_the_brokers_leave_unanswered_is_theirs_to_end_and_nothing_comes_twice() throws Exception {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(
                shop.yaml(EXACTLY_ONCE, "partitions: 1", "ack-timeout: 3s", "kafka: { max.block.ms: 1000 }"))) {
            StreamTest.awaitRelaying(stream);
            write(shop, 0, 100);
            Topic topic = new Topic(shop.topic("Order"));
            topic.committedValues(100);
            signalBroker("STOP");
            try {
                write(shop, 1, 100);
                StreamTest.awaitLog(stream, "have not committed the stream's Kafka transaction yet");
                StreamTest.awaitLog(stream, "within 3000 ms (ack-timeout)", "Next attempt in ");
            } finally {
                signalBroker("CONT");
            }
            write(shop, 2, 100);

            assertThat(topic.committedValues(300)).containsExactlyElementsOf(numbers(300));
            assertThat(stream.log()).noneMatch(line -> line.contains("Unexpected"));
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(producerThreads(shop)).hasSize(1));
            assertThat(stream.stop()).as("drained").isTrue();
        }
        assertThat(producerThreads(shop)).isEmpty();
    }

    private static List<String> producerThreads(Shop shop) {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("kafka-producer") && name.endsWith("outbox-relay-" + shop.name))
                .toList();
    }

    @Test
    void a_relay_shut_out_by_another_user_of_its_transactional_id_says_so_and_takes_it_back() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml(EXACTLY_ONCE, "partitions: 1"));
                Producer<byte[], byte[]> other = new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers",
                                Servers.BROKER.bootstrapServers(),
                                "transactional.id",
                                "outbox-relay-" + shop.name),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            StreamTest.awaitRelaying(stream);
            write(shop, 0, 100);
            Topic topic = new Topic(shop.topic("Order"));
            topic.committedValues(100);
            other.initTransactions();

            write(shop, 1, 100);
            StreamTest.awaitLog(stream, "producer has been shut out: another relay has taken over", "Next attempt in ");
            write(shop, 2, 100);

            assertThat(topic.committedValues(300)).containsExactlyElementsOf(numbers(300));
            other.beginTransaction();
            var unused = other.send(new ProducerRecord<>(topic.name(), new byte[] {'x'}));
            assertThatThrownBy(other::commitTransaction).isInstanceOf(KafkaException.class);
            assertThat(stream.stop()).as("drained").isTrue();
            assertThat(topic.committedValues(300)).hasSize(300);
        }
    }

    @Test
    void what_an_aborted_transaction_had_delivered_is_counted_once() {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        try (RunningStream stream = new RunningStream(shop.yaml(
                EXACTLY_ONCE,
                "on-record-error: dead-letter",
                "timestamp: occurred-at",
                "kafka: { compression.type: none, batch.size: 500 }"))) {
            StreamTest.awaitRelaying(stream);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Order', '1', 'happened.v1',
                           CASE WHEN i = 1 THEN to_json(repeat('x', 3000000)) ELSE to_json(i) END,
                           CASE WHEN i = 290 THEN now() + interval '3 hours' ELSE now() END
                    FROM generate_series(1, 300) AS i
                    """);
            topic.committedValues(298);
            assertThat(stream.stop()).as("drained").isTrue();

            assertThat(new Topic("outbox.dead-letter." + shop.name).committedValues(2))
                    .hasSize(2);
            assertThat(stream.log()).anyMatch(line -> line.contains("Begins again at once"));
            assertThat(stream.summary()).contains("relayed=298 ").containsPattern("dead-lettered=2\\(.*size=1");
        }
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    @Test
    void a_resumed_relay_publishes_nothing_any_more() throws Exception {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml(EXACTLY_ONCE, "partitions: 1", "wal-sender-timeout: 1s");
        try (RelayProcess first = RelayProcess.run(yaml)) {
            first.awaitOutput("Relaying ");
            write(shop, 0, 100);
            Topic topic = new Topic(shop.topic("Order"));
            topic.committedValues(100);
            first.signal("STOP");
            write(shop, 1, 100);
            try (RunningStream second = new RunningStream(yaml)) {
                StreamTest.awaitRelaying(second);
                topic.committedValues(200);
                first.signal("CONT");
                first.awaitOutput("Standing by.");
                write(shop, 2, 100);

                assertThat(topic.committedValues(300)).containsExactlyElementsOf(numbers(300));
                assertThat(second.errors()).isEmpty();
            }
        }
    }

    private static byte[] lastPosition(Shop shop) {
        var records = new Topic(shop.positionTopic()).committed(1, LIMIT);
        return records.get(records.size() - 1).value();
    }

    private static void write(Shop shop, int round, int events) {
        shop.events("Order", "'1'", "to_json(i + " + round * events + ")", events);
    }

    private static List<String> numbers(int to) {
        return IntStream.rangeClosed(1, to).mapToObj(String::valueOf).toList();
    }
}
