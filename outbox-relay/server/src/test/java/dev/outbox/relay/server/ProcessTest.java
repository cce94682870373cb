package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.samples.servers.PostgresServer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The process itself: how it ends, and what it says when it can't begin. */
class ProcessTest {

    private static final Duration LONGEST_STOP = Duration.ofSeconds(10);

    @Test
    void sigterm_ends_it_with_0_and_nothing_is_sent_twice() {
        Shop shop = Shop.withOutbox();
        int transactions = 40;
        try (RelayProcess relay = RelayProcess.run(shop.yaml("partitions: 1"))) {
            relay.awaitOutput("Relaying ");
            for (int i = 0; i < transactions; i++) {
                shop.events("Order", "'1'", "to_json(i + " + i * 50 + ")", 50);
            }
            new Topic(shop.topic("Order")).records(1);
            assertThat(stop(relay)).as(relay::output).isZero();
            assertThat(relay.output()).contains("Stopping: ").contains("Stopped. relayed=");
        }

        try (RunningStream next = new RunningStream(shop.yaml())) {
            assertThat(new Topic(shop.topic("Order")).values(transactions * 50))
                    .containsExactlyElementsOf(IntStream.rangeClosed(1, transactions * 50)
                            .mapToObj(String::valueOf)
                            .toList());
            assertThat(next.stop()).isTrue();
        }
    }

    @Test
    void sigterm_with_the_broker_hanging_ends_it_in_time_and_says_that_the_rest_comes_again() throws Exception {
        Shop shop = Shop.withOutbox();
        try (RelayProcess relay =
                RelayProcess.run(shop.yaml().replace("relay:\n", "relay:\n  shutdown-timeout: 2s\n"))) {
            relay.awaitOutput("Relaying ");
            shop.event("Order", "1", "'2'");
            new Topic(shop.topic("Order")).records(1);
            signalBroker("STOP");
            try {
                shop.event("Order", "1", "'3'");
                shop.awaitRead(LONGEST_STOP);
                assertThat(stop(relay)).as(relay::output).isEqualTo(ExitCode.NOT_DRAINED);
            } finally {
                signalBroker("CONT");
            }
            assertThat(relay.output()).contains("the rest is sent again at the next start");
        }
        try (RunningStream next = new RunningStream(shop.yaml())) {
            assertThat(new Topic(shop.topic("Order")).values(2)).contains("3");
            assertThat(next.stop()).isTrue();
        }
    }

    @Test
    void a_stream_that_cannot_start_ends_the_process_and_the_other_streams_in_order() {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml()
                + "    broken:\n      url: " + Servers.POSTGRES.url(shop.name).replace(shop.name, "nowhere")
                + "\n      username: postgres\n      slot: other\n";
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            assertRefused(relay, "[broken]", "nowhere: the server has no such database");
        }
    }

    @Test
    void an_unreachable_database_is_one_sentence() {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml().replace(":" + Servers.POSTGRES.port() + "/", ":1/");
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            assertRefused(relay, "Can't connect to ", "localhost:1/" + shop.name, "Check host, port");
        }
    }

    @Test
    void an_unreachable_broker_is_one_sentence() {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml().replace(Servers.BROKER.bootstrapServers(), "localhost:1");
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            assertRefused(relay, "No answer from the brokers at localhost:1", "Check bootstrap.servers");
        }
    }

    @Test
    void a_brokers_name_that_does_not_resolve_is_one_sentence() {
        Shop shop = Shop.withOutbox();
        String yaml = shop.yaml().replace(Servers.BROKER.bootstrapServers(), "nowhere.invalid:9092");
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            assertRefused(relay, "No answer from the brokers at nowhere.invalid:9092", "Check bootstrap.servers");
        }
    }

    @Test
    void a_wal_level_of_replica_and_a_wrong_password_are_one_sentence_each() {
        try (PostgresServer postgres = PostgresServer.start(Map.of("wal_level", "replica"))) {
            Shop shop = Shop.withOutbox();
            String yaml = shop.yaml("password: geheim")
                    .replace(":" + Servers.POSTGRES.port() + "/" + shop.name, ":" + postgres.port() + "/postgres");
            try (RelayProcess relay = RelayProcess.run(yaml)) {
                assertRefused(relay, "Expected wal_level=logical", "found wal_level=replica");
            }
            postgres.execute("postgres", "CREATE ROLE relay LOGIN REPLICATION PASSWORD 'other'");
            String hba = "'" + query(postgres, "SHOW hba_file") + "'";
            postgres.execute(
                    "postgres",
                    "COPY (SELECT 'host all relay all scram-sha-256' UNION ALL"
                            + " SELECT 'host all all all trust') TO " + hba);
            postgres.execute("postgres", "SELECT pg_reload_conf()");
            try (RelayProcess relay = RelayProcess.run(yaml.replace("username: postgres", "username: relay"))) {
                assertRefused(relay, "the server refused the password of role 'relay'");
                assertThat(relay.output()).doesNotContain("geheim");
            }
        }
    }

    @Test
    void a_missing_table_is_one_sentence() {
        Shop shop = Shop.empty();
        try (RelayProcess relay = RelayProcess.run(shop.yaml())) {
            assertRefused(relay, "Expected the table public.outbox in ");
        }
    }

    @Test
    void a_missing_column_is_one_sentence() {
        Shop shop = Shop.withOutbox();
        shop.execute("ALTER TABLE outbox RENAME aggregateid TO aggregate");
        try (RelayProcess relay = RelayProcess.run(shop.yaml())) {
            assertRefused(relay, "Expected a column 'aggregateid' in the table public.outbox");
        }
    }

    @Test
    void a_publication_without_the_table_is_one_sentence() {
        Shop shop = Shop.withOutbox();
        shop.execute("CREATE TABLE other (id int); CREATE PUBLICATION outbox FOR TABLE other");
        try (RelayProcess relay = RelayProcess.run(shop.yaml())) {
            assertRefused(relay, "ublication 'outbox'", "public.outbox");
        }
    }

    @Test
    void mistakes_in_the_configuration_are_listed_and_nothing_else() {
        try (RelayProcess relay = RelayProcess.run("relay: { kafka: { acks: 0 }, streams: { a: { sloot: b } } }")) {
            assertThat(relay.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(relay.output().lines())
                    .hasSize(4)
                    .anyMatch(line -> line.startsWith("relay.kafka.acks: expected all"))
                    .anyMatch(line -> line.startsWith("relay.kafka.bootstrap.servers: expected"))
                    .anyMatch(line -> line.startsWith("relay.streams.a.url: expected"))
                    .anyMatch(line -> line.startsWith("relay.streams.a.sloot: unknown key; did you mean"));
        }
    }

    @Test
    void help_lists_the_exit_codes() {
        try (RelayProcess relay = RelayProcess.start("run", "--help")) {
            assertThat(relay.exitCode()).isZero();
            assertThat(relay.output()).contains("Exit codes:", "  0   ", "  1   ", "  2   ", "  3   ", "  4   ");
        }
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    private static int stop(RelayProcess relay) {
        long before = System.nanoTime();
        relay.terminate();
        int code = relay.exitCode();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(LONGEST_STOP);
        return code;
    }

    private static void assertRefused(RelayProcess relay, String... words) {
        assertThat(relay.exitCode()).as(relay::output).isEqualTo(ExitCode.FAILED);
        assertThat(relay.output())
                .contains(words)
                .contains("The stream can't start: ")
                .doesNotContain("\tat ");
        assertThat(relay.output().lines().filter(line -> line.contains("ERROR")))
                .hasSize(1);
    }

    private static String query(PostgresServer postgres, String sql) {
        try (var connection = postgres.connect("postgres");
                var result = connection.createStatement().executeQuery(sql)) {
            result.next();
            return result.getString(1);
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }
}
