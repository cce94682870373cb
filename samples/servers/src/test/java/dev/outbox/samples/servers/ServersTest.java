package dev.outbox.samples.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersTest {

    @Test
    void postgres_is_durable_and_logical() throws Exception {
        try (PostgresServer server = PostgresServer.start();
                var connection = server.connect("postgres");
                var statement = connection.createStatement()) {
            for (var expected : Map.of(
                            "fsync", "on",
                            "synchronous_commit", "on",
                            "full_page_writes", "on",
                            "wal_level", "logical")
                    .entrySet()) {
                try (ResultSet result = statement.executeQuery("SHOW " + expected.getKey())) {
                    result.next();
                    assertThat(result.getString(1)).as(expected.getKey()).isEqualTo(expected.getValue());
                }
            }
        }
    }

    @Test
    void a_port_in_use_is_refused_before_anybody_talks_to_who_listens_there() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String message =
                    "port " + taken.getLocalPort() + " is in use; end what listens there, or give another port";

            assertThatThrownBy(() -> PostgresServer.start(taken.getLocalPort(), Map.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
            assertThatThrownBy(() -> KafkaBroker.start(taken.getLocalPort(), Map.of()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void a_postgres_that_was_ended_in_any_way_comes_back_on_its_port_with_its_rows() throws Exception {
        try (PostgresServer server = PostgresServer.start()) {
            int port = server.port();
            server.execute("postgres", "CREATE TABLE t (way text)");
            for (String way : List.of("fast", "immediate", "killed")) {
                server.execute("postgres", "INSERT INTO t VALUES ('" + way + "')");
                long pid = server.pid();
                if (way.equals("killed")) {
                    server.kill();
                } else {
                    server.stop(way);
                }
                assertThatThrownBy(() -> server.connect("postgres")).isInstanceOf(SQLException.class);
                server.restart();
                assertThat(server.pid()).isNotEqualTo(pid);
            }
            assertThat(server.port()).isEqualTo(port);
            try (var connection = server.connect("postgres");
                    ResultSet rows = connection.createStatement().executeQuery("SELECT count(*) FROM t")) {
                rows.next();
                assertThat(rows.getInt(1)).isEqualTo(3);
            }
        }
    }

    @Test
    void a_jvm_that_ends_without_closing_its_postgres_leaves_neither_server_nor_data(@TempDir Path directory)
            throws Exception {
        Path told = directory.resolve("told");
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Forgetful.class.getName(),
                        told.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();

        assertThat(jvm.waitFor()).isZero();
        List<String> lines = Files.readAllLines(told);
        assertThatThrownBy(() -> DriverManager.getConnection(lines.get(0), "postgres", "postgres"))
                .isInstanceOf(SQLException.class);
        assertThat(Path.of(lines.get(1))).isAbsolute().doesNotExist();
    }

    /** A program. */
    static final class Forgetful {

        private Forgetful() {}

        public static void main(String[] args) throws IOException {
            PostgresServer server = PostgresServer.start();
            Files.write(
                    Path.of(args[0]),
                    List.of(server.url("postgres"), server.data().toString()));
        }
    }

    @Test
    void another_broker_of_the_cluster_takes_replicas() throws Exception {
        try (KafkaBroker first = KafkaBroker.start();
                KafkaBroker second = first.another();
                Admin admin = Admin.create(Map.of("bootstrap.servers", second.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 2))).all().get();

            awaitInSync(admin, 2);
        }
    }

    @Test
    void a_killed_broker_comes_back_with_its_records() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                admin.createTopics(List.of(new NewTopic("t", 1, (short) 1)))
                        .all()
                        .get();
            }
            try (var producer = new KafkaProducer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers(), "acks", "all"),
                    new ByteArraySerializer(),
                    new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>("t", "kept".getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
            broker.kill();
            broker.restart();
            try (var consumer = new KafkaConsumer<>(
                    Map.of("bootstrap.servers", broker.bootstrapServers()),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                var partition = new TopicPartition("t", 0);
                consumer.assign(List.of(partition));
                consumer.seekToBeginning(List.of(partition));
                assertThat(consumer.poll(Duration.ofSeconds(20)))
                        .singleElement()
                        .satisfies(
                                record -> assertThat(record.value()).asString().isEqualTo("kept"));
            }
        }
    }

    @Test
    void a_second_broker_keeps_copies_of_the_first_ones_records_and_is_missed_when_it_hangs() throws Exception {
        try (KafkaBroker first = KafkaBroker.start();
                KafkaBroker second = first.another();
                Admin admin = Admin.create(Map.of(
                        "bootstrap.servers",
                        first.bootstrapServers(),
                        "request.timeout.ms",
                        "2000",
                        "default.api.timeout.ms",
                        "2000"))) {
            admin.createTopics(List.of(new NewTopic("t", 1, (short) 2))).all().get();
            awaitInSync(admin, 2);

            new ProcessBuilder("kill", "-STOP", String.valueOf(second.pid()))
                    .start()
                    .waitFor();
            awaitInSync(admin, 1);

            new ProcessBuilder("kill", "-CONT", String.valueOf(second.pid()))
                    .start()
                    .waitFor();
            awaitInSync(admin, 2);
        }
    }

    private static void awaitInSync(Admin admin, int replicas) {
        await().atMost(Duration.ofSeconds(60))
                // A client that asks the broker that hangs waits in vain; the next time it asks the other.
                // One that asks the broker that did not make the topic may be early.
                .ignoreExceptionsMatching(e -> e.getCause() instanceof TimeoutException
                        || e.getCause() instanceof UnknownTopicOrPartitionException)
                .untilAsserted(() -> assertThat(admin.describeTopics(List.of("t"))
                                .allTopicNames()
                                .get()
                                .values())
                        .flatExtracting(TopicDescription::partitions)
                        .allSatisfy(partition -> assertThat(partition.isr()).hasSize(replicas)));
    }
}
