package dev.outbox.samples.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.SampleException;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class ReaderTest {

    private static final UUID ADA = new UUID(1, 1);
    private static final UUID BOB = new UUID(2, 2);
    private static final int PARTITIONS = 3;

    private static PostgresServer postgres;
    private static KafkaBroker broker;
    private static Admin admin;
    private static KafkaProducer<String, byte[]> producer;

    private final List<ReceivedEvent> received = Collections.synchronizedList(new ArrayList<>());
    private String name;

    @BeforeAll
    static void start() {
        postgres = PostgresServer.start();
        broker = KafkaBroker.start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new StringSerializer(),
                new ByteArraySerializer());
    }

    @AfterAll
    static void stop() {
        producer.close();
        admin.close();
        broker.close();
        postgres.close();
    }

    @BeforeEach
    void createTopicAndDatabase(TestInfo test) throws Exception {
        name = test.getTestMethod().orElseThrow().getName();
        name = name.substring(0, Math.min(60, name.length()));
        postgres.createDatabase(name);
        admin.createTopics(List.of(new NewTopic(name, PARTITIONS, (short) 1)))
                .all()
                .get();
    }

    @Test
    void events_become_persons() throws SQLException {
        send(event(1), ADA, "person.registered.v1", "{\"personId\":\"x\",\"name\":\"Ada\",\"city\":\"London\"}");
        send(event(2), BOB, "person.registered.v1", "{\"name\":\"Bob\",\"city\":\"Bern\"}");
        send(event(3), ADA, "person.moved.v1", "{\"city\":\"Paris\"}");
        send(event(4), ADA, "person.renamed.v1", "{\"name\":\"Ada L.\"}");
        send(event(5), BOB, "person.deleted.v1", "{}");

        assertThat(read(5)).isEqualTo(new ReaderSummary(5, 5, 0, 0, 0));
        assertThat(persons()).containsExactly(Map.entry(ADA, "Ada L. in Paris"));
    }

    @Test
    void the_same_event_twice_is_applied_once() throws SQLException {
        send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");
        send(event(2), ADA, "person.moved.v1", "{\"city\":\"Paris\"}");
        send(event(2), ADA, "person.moved.v1", "{\"city\":\"Paris\"}");
        send(event(3), ADA, "person.moved.v1", "{\"city\":\"Rome\"}");
        send(event(2), ADA, "person.moved.v1", "{\"city\":\"Paris\"}");

        assertThat(read(5)).isEqualTo(new ReaderSummary(5, 3, 2, 0, 0));
        assertThat(persons()).containsExactly(Map.entry(ADA, "Ada in Rome"));
    }

    @Test
    void a_duplicate_in_a_later_batch_is_applied_once() throws SQLException {
        send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");
        read(1);
        send(event(2), ADA, "person.deleted.v1", "{}");
        read(1);
        send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");

        assertThat(read(1)).isEqualTo(new ReaderSummary(1, 0, 1, 0, 0));
        assertThat(persons()).isEmpty();
    }

    /** What a crash between the two commits leaves: the database has the events, the group's offsets don't. */
    @Test
    void a_crash_before_the_offsets_are_committed_applies_nothing_twice() throws Exception {
        send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");
        send(event(2), ADA, "person.moved.v1", "{\"city\":\"Paris\"}");
        send(event(3), ADA, "person.deleted.v1", "{}");
        read(3);
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            offsets.put(new TopicPartition(name, partition), new OffsetAndMetadata(0));
        }
        admin.alterConsumerGroupOffsets("group-of-" + name, offsets).all().get();

        assertThat(read(3)).isEqualTo(new ReaderSummary(3, 0, 3, 0, 0));
        assertThat(persons()).isEmpty();
        assertThat(received).hasSize(6);
    }

    @Test
    void a_batch_that_the_database_refuses_leaves_nothing_and_comes_again() throws SQLException {
        postgres.execute(
                name,
                "CREATE TABLE persons (id uuid PRIMARY KEY, name text NOT NULL, city text NOT NULL CHECK (city <> 'Atlantis'))");
        send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");
        send(event(2), ADA, "person.moved.v1", "{\"city\":\"Atlantis\"}");
        assertThatThrownBy(() -> read(2))
                .isInstanceOf(SampleException.class)
                .hasMessageContaining("destination database failed");
        assertThat(number("SELECT count(*) FROM inbox")).isZero();
        postgres.execute(name, "ALTER TABLE persons DROP CONSTRAINT persons_city_check");

        assertThat(read(2)).isEqualTo(new ReaderSummary(2, 2, 0, 0, 0));
        assertThat(persons()).containsExactly(Map.entry(ADA, "Ada in Atlantis"));
    }

    @Test
    void two_readers_of_a_group_share_the_topic_and_apply_each_event_once() throws Exception {
        int count = 600;
        CompletableFuture<ReaderSummary> one = CompletableFuture.supplyAsync(() -> readUntilIdle());
        CompletableFuture<ReaderSummary> two = CompletableFuture.supplyAsync(() -> readUntilIdle());
        for (int i = 0; i < count; i++) {
            send(event(i), new UUID(7, i), "person.registered.v1", "{\"name\":\"N\",\"city\":\"C\"}");
        }

        ReaderSummary both = one.join().plus(two.join());

        assertThat(both.applied()).isEqualTo(count);
        assertThat(both.orphans()).isZero();
        assertThat(persons()).hasSize(count);
    }

    @Test
    void a_type_of_the_future_is_ignored_and_an_event_of_nobody_is_counted() throws SQLException {
        send(event(1), ADA, "person.promoted.v1", "{\"rank\":\"countess\"}");
        send(event(2), ADA, "person.moved.v1", "{\"city\":\"Paris\"}");

        assertThat(read(2)).isEqualTo(new ReaderSummary(2, 0, 0, 1, 1));
        assertThat(persons()).isEmpty();
    }

    @Test
    void a_listener_hears_of_each_record_in_order() {
        send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");
        send(event(2), ADA, "person.moved.v1", "{\"city\":\"Paris\"}");
        read(2);

        assertThat(received).extracting(ReceivedEvent::eventId).containsExactly(event(1), event(2));
        assertThat(received).extracting(ReceivedEvent::aggregateId).containsOnly(ADA.toString());
        assertThat(received).extracting(ReceivedEvent::sequence).containsExactly(1L, 2L);
        assertThat(received).extracting(ReceivedEvent::offset).containsExactly(0L, 1L);
    }

    @Test
    void a_foreign_record_ends_the_reader_and_says_where_it_is() {
        send(new ProducerRecord<>(name, 0, ADA.toString(), "secret-word".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> read(1))
                .isInstanceOf(SampleException.class)
                .hasMessageContaining(name + "-0 offset 0")
                .hasMessageContaining("header id is missing")
                .hasMessageNotContaining("secret-word");
    }

    @Test
    void a_payload_that_is_no_json_is_not_repeated() {
        send(event(1), ADA, "person.moved.v1", "secret-word");

        assertThatThrownBy(() -> read(1))
                .isInstanceOf(SampleException.class)
                .hasMessageContaining("must be JSON of a Moved")
                .hasMessageNotContaining("secret-word")
                .hasNoCause();
    }

    @Test
    void a_stop_from_another_thread_ends_it_in_order() {
        try (Reader reader = Reader.open(settings(null, 0), RecordListener.NONE)) {
            CompletableFuture<ReaderSummary> running = CompletableFuture.supplyAsync(reader::run);
            send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");
            Awaitility.await().until(() -> reader.progress().received() == 1);

            reader.stop();

            assertThat(running.join().applied()).isEqualTo(1);
        }
    }

    @Test
    void the_command_ends_by_itself_when_idle_and_tells_what_it_did() throws SQLException {
        send(event(1), ADA, "person.registered.v1", "{\"name\":\"Ada\",\"city\":\"London\"}");

        int exitCode = Command.run(
                new Main(),
                "--bootstrap-servers",
                broker.bootstrapServers(),
                "--topic",
                name,
                "--url",
                postgres.url(name),
                "--until-idle",
                "2s");

        assertThat(exitCode).isZero();
        assertThat(persons()).containsOnlyKeys(Set.of(ADA));
    }

    @Test
    void an_unreachable_database_or_a_wrong_flag_is_told() {
        assertThatThrownBy(() -> ReadModel.open(new ReaderSettings(
                        "", "g", "t", "jdbc:postgresql://localhost:1/x", "postgres", "secret-word", null, 0)))
                .isInstanceOf(SampleException.class)
                .hasMessageContaining("check --url")
                .hasMessageNotContaining("secret-word");
        assertThat(Command.run(new Main())).isEqualTo(2);
        assertThat(Command.run(new Main(), "--url", "x", "--until-idle", "soon"))
                .isEqualTo(2);
    }

    private ReaderSummary read(long count) {
        return read(settings(null, count));
    }

    private ReaderSummary readUntilIdle() {
        return read(settings(Duration.ofSeconds(2), 0));
    }

    private ReaderSummary read(ReaderSettings settings) {
        try (Reader reader = Reader.open(settings, received::add)) {
            return reader.run();
        }
    }

    private ReaderSettings settings(@Nullable Duration untilIdle, long count) {
        return new ReaderSettings(
                broker.bootstrapServers(),
                "group-of-" + name,
                name,
                postgres.url(name),
                postgres.user(),
                "",
                untilIdle,
                count);
    }

    private void send(UUID eventId, UUID personId, String type, String payload) {
        ProducerRecord<String, byte[]> record =
                new ProducerRecord<>(name, personId.toString(), payload.getBytes(StandardCharsets.UTF_8));
        record.headers().add("id", eventId.toString().getBytes(StandardCharsets.UTF_8));
        record.headers().add("eventType", type.getBytes(StandardCharsets.UTF_8));
        record.headers()
                .add(
                        "sequence",
                        Long.toString(eventId.getLeastSignificantBits()).getBytes(StandardCharsets.UTF_8));
        send(record);
    }

    private static void send(ProducerRecord<String, byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static UUID event(int number) {
        return new UUID(0x7000L, number);
    }

    private Map<UUID, String> persons() throws SQLException {
        Map<UUID, String> persons = new HashMap<>();
        try (Connection connection = postgres.connect(name);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, name || ' in ' || city FROM persons")) {
            while (rows.next()) {
                persons.put(rows.getObject(1, UUID.class), rows.getString(2));
            }
        }
        return persons;
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = postgres.connect(name);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
