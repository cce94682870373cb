package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.OutboxTable;
import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.samples.servers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * OPERATIONS.md, done as it says: its files and its commands, on servers that are elsewhere than it says. Where, the relay
 * gets to know from its environment.
 */
class OperationsPageTest {

    private static final Path PAGE = Path.of("OPERATIONS.md");
    private static final String ADDRESS = "jdbc:postgresql://localhost:5432/shop";
    private static final Pattern ADVICE = Pattern.compile(" Set (([a-z]+): [a-z_]+); or ");

    @TempDir
    Path directory;

    private final Admin admin = Admin.atFreePort();
    private PostgresServer postgres;

    @BeforeEach
    void start() {
        postgres = PostgresServer.start(Map.of("max_slot_wal_keep_size", "1GB"));
        postgres.execute("postgres", "ALTER ROLE postgres PASSWORD 'postgres'");
        postgres.requirePasswords();
        postgres.createDatabase("shop");
    }

    @AfterEach
    void stop() {
        postgres.close();
    }

    @Test
    void four_commands_lead_from_an_empty_database_to_a_healthy_stream() throws IOException {
        Section section = section("## From an empty PostgreSQL to a healthy stream");
        Files.writeString(directory.resolve("relay.yaml"), section.block("yaml", 0));
        List<String> commands = section.block("sh", 0).lines().toList();
        assertThat(commands)
                .extracting(command -> command.split(" ", -1)[1])
                .containsExactly("setup", "check", "run", "status");

        assertThat(end(commands.get(0))).contains("  made   role relay", "  made   slot outbox");
        assertThat(complaints(end(commands.get(1)))).isEmpty();
        assertHealthy(commands.get(2), commands.get(3));
    }

    @Test
    void each_of_the_two_mistakes_has_its_line_which_says_what_mends_it() throws IOException {
        postgres.execute("shop", OutboxTable.ddl());
        postgres.execute("shop", "CREATE ROLE debezium LOGIN REPLICATION PASSWORD 'secret-of-the-role'");
        postgres.execute("shop", "GRANT SELECT ON outbox TO debezium");
        postgres.execute(
                "shop",
                "CREATE PUBLICATION realtime_pub FOR TABLE outbox"
                        + " WITH (publish = 'insert', publish_via_partition_root = true)");
        Section section = section("### Two mistakes, as they happen");
        String check = section.block("sh", 0).strip();
        String yaml = section.block("yaml", 0);

        for (int mistake = 0; mistake < 2; mistake++) {
            Files.writeString(directory.resolve("relay.yaml"), yaml);
            String line = section.block("", mistake).strip();
            assertThat(complaints(failing(check))).first().isEqualTo(line.replace(ADDRESS, postgres.url("shop")));
            yaml = mended(yaml, line);
        }

        Files.writeString(directory.resolve("relay.yaml"), yaml);
        // It has neither slot nor topics yet, which the start makes.
        assertThat(complaints(end(check))).isEmpty();
        List<String> four = section("## From an empty PostgreSQL to a healthy stream")
                .block("sh", 0)
                .lines()
                .toList();
        assertHealthy(four.get(2), four.get(3));
    }

    @Test
    void the_example_of_tls_verifies_both_sides() throws IOException {
        Path file = Files.writeString(
                directory.resolve("relay.yaml"),
                section("## Over TLS, to both sides").block("yaml", 0));
        ServerConfig config = ConfigReader.read(
                file, Map.of("RELAY_PASSWORD", "relay-secret", "KAFKA_PASSWORD", "kafka-secret"), Map.of());

        assertThat(config.streams()).singleElement().satisfies(stream -> {
            assertThat(stream.relay().connectionProperties()).containsEntry("sslmode", "verify-full");
            assertThat(stream.toString()).doesNotContain("-secret");
        });
    }

    /** As the line says. */
    private static String mended(String yaml, String line) {
        Matcher advice = ADVICE.matcher(line);
        assertThat(advice.find()).as(line).isTrue();
        return yaml.replaceFirst("(?m)\\b" + advice.group(2) + ": .*$", advice.group(1));
    }

    private void assertHealthy(String run, String status) {
        try (RelayProcess relay = start(run)) {
            relay.awaitOutput("Relaying ");
            postgres.execute("shop", """
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    VALUES (gen_random_uuid(), 'Order', '1', 'happened.v1', '"%s"', now())
                    """.formatted(directory));
            new Topic("outbox.event.Order")
                    .awaitRecord(
                            record -> Topic.text(record.value()).equals("\"" + directory + "\""),
                            Duration.ofSeconds(30));
            assertThat(end(status)).contains("RUNNING");
        }
    }

    private String end(String command) {
        try (RelayProcess process = start(command)) {
            assertThat(process.exitCode()).as(process::output).isZero();
            return process.output();
        }
    }

    private String failing(String command) {
        try (RelayProcess process = start(command)) {
            assertThat(process.exitCode()).as(process::output).isNotZero();
            return process.output();
        }
    }

    private RelayProcess start(String command) {
        String[] words = command.split(" ", -1);
        assertThat(words[0]).isEqualTo("outbox-relay");
        Map<String, String> environment = Map.of(
                "RELAY_STREAMS_SHOP_URL",
                postgres.url("shop"),
                "RELAY_KAFKA_BOOTSTRAP_SERVERS",
                Servers.BROKER.bootstrapServers(),
                "RELAY_STREAMS_SHOP_POSITION_TOPIC",
                "position-of-" + directory.getFileName(),
                "RELAY_ADMIN_PORT",
                String.valueOf(admin.port()),
                "RELAY_PASSWORD",
                "secret-of-the-role",
                "OUTBOX_ADMIN_PASSWORD",
                "postgres");
        return RelayProcess.startIn(
                directory, environment, Stream.of(words).skip(1).toArray(String[]::new));
    }

    private static List<String> complaints(String output) {
        return new Clinic.Visit(0, output).complaints();
    }

    private static Section section(String title) throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(title + "\n");
        assertThat(start).as(title).isNotNegative();
        int end = page.indexOf("\n## ", start + title.length());
        return new Section(page.substring(start, end));
    }

    /** A part of the page. */
    private record Section(String text) {

        /** What stands between the fences of this kind, the first, the second, … */
        String block(String kind, int number) {
            return Pattern.compile("(?ms)^```([a-z]*)\n(.*?)^```$")
                    .matcher(text)
                    .results()
                    .filter(block -> block.group(1).equals(kind))
                    .skip(number)
                    .map(block -> block.group(2))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
