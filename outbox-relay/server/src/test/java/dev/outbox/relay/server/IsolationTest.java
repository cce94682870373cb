package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/**
 * Four streams of one relay, from three PostgreSQL servers: one with nothing wrong, one whose server dies over and over, one
 * whose topic refuses its events, one whose brokers hang.
 */
class IsolationTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DEATHS = 4;
    private static final int EVENTS_BETWEEN_DEATHS = 20;

    /**
     * From commit to the broker's log. Milliseconds where there are processors for all of these servers; this is for where
     * there are not, and less than the others are kept from going on.
     */
    private static final long LONGEST_MILLIS = 20_000;

    private final Admin admin = Admin.atFreePort();

    @Test
    void no_event_of_a_stream_waits_for_another_whose_database_dies_whose_topic_fails_or_whose_brokers_hang()
            throws Exception {
        try (PostgresServer healthy = withOutbox("steady");
                PostgresServer mortal = withOutbox("dying");
                PostgresServer third = withOutbox("refused", "hanging");
                KafkaBroker otherBroker = KafkaBroker.start()) {
            Topic steady = Topic.create("isolation.steady", Map.of("message.timestamp.type", "LogAppendTime"));
            Topic refused = Topic.create("isolation.refused", Map.of("max.message.bytes", "1000"));
            Topic hanging = new Topic(otherBroker.bootstrapServers(), "isolation.hanging");
            String yaml = head()
                    + stream("steady", healthy)
                    + stream("dying", mortal)
                    + stream("refused", third)
                    + stream("hanging", third)
                    + "      kafka: { bootstrap.servers: '" + otherBroker.bootstrapServers() + "' }\n";

            try (RelayProcess relay = RelayProcess.run(yaml);
                    Writer writer = new Writer(healthy)) {
                List.of("steady", "dying", "refused", "hanging")
                        .forEach(name -> relay.awaitOutput("[" + name + "] Relaying "));
                insert(third, "refused", "to_json(repeat('x', 2000))");
                insert(third, "hanging", "'0'");
                hanging.records(1);
                signal("STOP", otherBroker);
                insert(third, "hanging", "'1'");
                writer.start();
                for (int death = 1; death <= DEATHS; death++) {
                    insert(mortal, "dying", "'" + death + "'");
                    mortal.kill();
                    steady.records(writer.awaitFurther(EVENTS_BETWEEN_DEATHS));
                    mortal.restart();
                }
                relay.awaitOutput("[refused] The event ");
                int written = writer.stop();

                assertThat(latencies(steady.records(written)))
                        .hasSize(written)
                        .allSatisfy(millis -> assertThat(millis).isLessThan(LONGEST_MILLIS));
                Metrics metrics = new Metrics(admin.get("/metrics").body());
                assertThat(metrics.value("outbox_relay_restarts_total{stream=\"steady\"}"))
                        .isZero();
                assertThat(metrics.value("outbox_relay_restarts_total{stream=\"refused\"}"))
                        .isPositive();
                await().atMost(LIMIT)
                        .until(
                                () -> admin.get("/health/ready").body(),
                                health -> health.contains("no acknowledgement from the brokers"));

                refused.set("max.message.bytes", "10000");
                signal("CONT", otherBroker);
                assertThat(new Topic("isolation.dying").values(DEATHS)).contains("1", "2", "3", "4");
                assertThat(refused.records(1)).isNotEmpty();
                assertThat(hanging.values(2)).contains("0", "1");
            }
        }
    }

    private static List<Long> latencies(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> record.timestamp() - Long.parseLong(Topic.text(record.value())))
                .toList();
    }

    /** Twenty events a second, each with the time of its commit as its payload. */
    private static final class Writer implements AutoCloseable {

        private final PostgresServer server;
        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        private final AtomicInteger written = new AtomicInteger();

        Writer(PostgresServer server) {
            this.server = server;
        }

        void start() {
            var unused = clock.scheduleWithFixedDelay(this::write, 0, 50, TimeUnit.MILLISECONDS);
        }

        private void write() {
            insert(server, "steady", "to_json((extract(epoch FROM clock_timestamp()) * 1000)::bigint)");
            written.incrementAndGet();
        }

        /** Returns how many are written in all, once there are so many more. */
        int awaitFurther(int events) {
            int before = written.get();
            return await().atMost(LIMIT).until(written::get, all -> all >= before + events);
        }

        int stop() throws InterruptedException {
            clock.shutdown();
            assertThat(clock.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            return written.get();
        }

        @Override
        public void close() {
            clock.shutdownNow();
        }
    }

    private static PostgresServer withOutbox(String... databases) {
        PostgresServer server = PostgresServer.start();
        for (String database : databases) {
            server.createDatabase(database);
            server.execute(database, OutboxTable.ddl());
        }
        return server;
    }

    private static void insert(PostgresServer server, String database, String payload) {
        server.execute(database, """
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                VALUES (gen_random_uuid(), '%s', '1', 'happened.v1', %s, now())
                """.formatted(database, payload));
    }

    private String head() {
        return admin.in("""
                relay:
                  kafka:
                    bootstrap.servers: %s
                  retry: { first-delay: 100ms, longest-delay: 500ms }
                  streams:
                """.formatted(Servers.BROKER.bootstrapServers()));
    }

    private static String stream(String name, PostgresServer server) {
        return """
                    %s:
                      url: %s
                      username: postgres
                      slot: %s
                      topic: "isolation.{aggregateType}"
                      partitions: 1
                """.formatted(name, server.url(name), name);
    }

    private static void signal(String signal, KafkaBroker broker) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, String.valueOf(broker.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
