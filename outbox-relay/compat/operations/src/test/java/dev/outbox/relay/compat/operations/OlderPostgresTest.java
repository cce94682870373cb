package dev.outbox.relay.compat.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code setup}, {@code check} and {@code run} on each version of PostgreSQL before the one that everything else is tested on. */
class OlderPostgresTest {

    private static final Map<String, String> SETTINGS = Map.of("max_slot_wal_keep_size", "1GB");
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int ERRORS = 6;

    /** What is done to the database, what undoes it, and the line that {@code check} has for it. */
    private record Mistake(String sql, String undo, String line) {}

    private static final List<Mistake> MISTAKES = List.of(
            new Mistake(
                    "ALTER PUBLICATION outbox RENAME TO outboxes",
                    "ALTER PUBLICATION outboxes RENAME TO outbox",
                    "error    publication: expected the publication 'outbox' on {url}, found none of that name (did you mean"
                            + " 'outboxes'?). Set publication: outboxes; or make it, as the table's owner: {*}"),
            new Mistake(
                    "ALTER PUBLICATION outbox SET TABLE outbox WHERE (type <> 'x')",
                    "ALTER PUBLICATION outbox SET TABLE outbox",
                    "error    publication: expected every row of public.outbox in the publication 'outbox', found a row"
                            + " filter, which would leave events out. {*}"),
            new Mistake(
                    "ALTER PUBLICATION outbox SET TABLE outbox (id, aggregatetype, aggregateid, type, payload, headers)",
                    "ALTER PUBLICATION outbox SET TABLE outbox",
                    "error    publication: expected the column 'occurred_at' of public.outbox in the publication 'outbox',"
                            + " found a column list without it. {*}"),
            new Mistake(
                    "ALTER ROLE relay NOREPLICATION",
                    "ALTER ROLE relay REPLICATION",
                    "error    replication connection: expected to connect to {url} as relay, found role 'relay' may not"
                            + " ({*}). Run ALTER ROLE \"relay\" REPLICATION;"),
            new Mistake(
                    "REVOKE SELECT ON outbox FROM relay",
                    "GRANT SELECT ON outbox TO relay",
                    "warning  role: expected SELECT on the table public.outbox for role 'relay', found that it has none,"
                            + " {*}"));

    private static KafkaBroker broker;

    @TempDir
    Path directory;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(strings = {"15", "16", "17"})
    void setup_makes_what_check_has_nothing_against_and_events_are_relayed(String version) {
        try (PostgresServer postgres = server(version)) {
            String yaml = yaml("healthy" + version, postgres);
            try (RelayCommand setup = setup(yaml)) {
                assertThat(setup.endsWith(0).lines())
                        .contains("made   role relay", "made   publication outbox", "made   slot healthy" + version);
            }
            assertThat(complaints(yaml, 0)).isEmpty();
            try (RelayCommand again = setup(yaml)) {
                assertThat(again.endsWith(0).lines()).noneMatch(line -> line.startsWith("made"));
            }

            try (RelayCommand relay = RelayCommand.start(directory, yaml, "run")) {
                relay.awaitOutput("Relaying ");
                postgres.execute("postgres", """
                        INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                        VALUES (gen_random_uuid(), 'Order', '1', 'happened.v1', '"relayed"', now())
                        """);
                assertThat(value("healthy" + version + ".Order")).isEqualTo("\"relayed\"");
            }
        }
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(strings = {"15", "16", "17"})
    void each_mistake_has_its_line_as_on_the_newest(String version) {
        try (PostgresServer postgres = server(version)) {
            String yaml = yaml("mistaken" + version, postgres);
            try (RelayCommand setup = setup(yaml)) {
                setup.endsWith(0);
            }
            for (Mistake mistake : MISTAKES) {
                postgres.execute("postgres", mistake.sql());
                assertThat(complaints(yaml, mistake.line().startsWith("error") ? ERRORS : 0))
                        .as(mistake.sql())
                        .singleElement()
                        .asString()
                        .matches(pattern(mistake.line().replace("{url}", postgres.url("postgres"))));
                postgres.execute("postgres", mistake.undo());
            }
            assertThat(complaints(yaml, 0)).isEmpty();
        }
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(strings = {"16", "17"})
    void a_slot_is_made_on_a_standby_and_the_rest_on_its_primary(String version) {
        try (PostgresServer primary = server(version);
                PostgresServer standby = PostgresServer.standbyOf(primary, SETTINGS)) {
            String yaml = yaml("standby" + version, standby);
            try (RelayCommand setup = setup(yaml, "--admin-url", primary.url("postgres"))) {
                assertThat(setup.endsWith(0).lines()).contains("made   slot standby" + version);
            }
            try (RelayCommand relay = RelayCommand.start(directory, yaml, "run")) {
                relay.awaitOutput("Relaying ");
                primary.execute("postgres", """
                        INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                        VALUES (gen_random_uuid(), 'Order', '1', 'happened.v1', '"by a standby"', now())
                        """);
                assertThat(value("standby" + version + ".Order")).isEqualTo("\"by a standby\"");
            }
        }
    }

    @Test
    void a_standby_of_a_version_that_can_not_stream_from_one_is_refused_in_words() {
        try (PostgresServer primary = server("15");
                PostgresServer standby = PostgresServer.standbyOf(primary, SETTINGS)) {
            String yaml = yaml("standby15", standby);
            String words = "a standby of PostgreSQL 15, which can't decode. Name the primary in the URL";
            try (RelayCommand setup = setup(yaml, "--admin-url", primary.url("postgres"))) {
                assertThat(setup.endsWith(1).output()).contains(words);
            }
            assertThat(complaints(yaml, ERRORS))
                    .singleElement()
                    .asString()
                    .startsWith("error    server: expected the primary, or PostgreSQL 16 or newer, at ")
                    .contains(words);
        }
    }

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(strings = {"15", "16", "17"})
    void a_slot_that_goes_over_to_standbys_is_made_from_17_on(String version) {
        try (PostgresServer postgres = server(version)) {
            try (RelayCommand setup = setup(yaml("failover" + version, postgres), "--failover")) {
                if (version.equals("17")) {
                    assertThat(setup.endsWith(0).lines()).contains("made   slot failover17");
                } else {
                    assertThat(setup.endsWith(1).output())
                            .contains("Expected PostgreSQL 17 or newer at " + postgres.url("postgres")
                                    + " for a slot that goes over to standbys (--failover), found " + version
                                    + ". Leave --failover out, or upgrade the server.")
                            .doesNotContain("made   ", "does not exist");
                }
            }
        }
    }

    private static PostgresServer server(String version) {
        return PostgresServer.start(Path.of(System.getProperty("postgres.binaries"), version + ".jar"), SETTINGS);
    }

    private RelayCommand setup(String yaml, String... further) {
        List<String> options =
                new ArrayList<>(List.of("--admin-user", "postgres", "--with-table", "--aggregate-type", "Order"));
        options.addAll(List.of(further));
        return RelayCommand.start(directory, yaml, "setup", options.toArray(String[]::new));
    }

    private List<String> complaints(String yaml, int exitCode) {
        try (RelayCommand check = RelayCommand.start(directory, yaml, "check")) {
            return check.endsWith(exitCode).complaints();
        }
    }

    private static String yaml(String name, PostgresServer postgres) {
        return """
                relay:
                  kafka:
                    bootstrap.servers: %s
                  streams:
                    %s:
                      url: %s
                      username: relay
                      password: secret
                      slot: %s
                      topic: "%s.{aggregateType}"
                """.formatted(broker.bootstrapServers(), name, postgres.url("postgres"), name, name);
    }

    /** In which {@code {*}} stands for anything. */
    private static Pattern pattern(String line) {
        return Pattern.compile(Pattern.quote(line).replace("{*}", "\\E.*\\Q"));
    }

    /** The value of the first record of a topic of three partitions. */
    private static String value(String topic) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "auto.offset.reset", "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            consumer.assign(consumer.partitionsFor(topic).stream()
                    .map(partition -> new TopicPartition(topic, partition.partition()))
                    .toList());
            List<String> values = new ArrayList<>();
            await().atMost(LIMIT).until(() -> {
                consumer.poll(Duration.ofMillis(100))
                        .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
                return !values.isEmpty();
            });
            return values.get(0);
        }
    }
}
