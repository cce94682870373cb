package dev.outbox.relay.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.samples.servers.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The samples' compose file, held against what it names: without a container engine, nothing else would notice a mistake. */
class ComposeFileTest {

    private static final Path IMAGE = Path.of("src/main/dist/Dockerfile");
    private static final Set<String> KEYS = Set.of(
            "image",
            "build",
            "command",
            "environment",
            "volumes",
            "ports",
            "healthcheck",
            "depends_on",
            "restart",
            "stop_grace_period",
            "read_only",
            "tmpfs",
            "cap_drop");

    private final ComposeFile compose = ComposeFile.read();

    @Test
    void it_says_only_what_compose_reads() {
        assertThat(compose.content().keySet()).containsExactly("services");
        assertThat(compose.services())
                .containsExactly("postgres", "kafka", "setup", "relay", "writer", "reader")
                .allSatisfy(name -> assertThat(KEYS)
                        .containsAll(compose.service(name).content().keySet()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"postgres", "kafka", "setup", "relay", "writer", "reader"})
    void a_service_is_pulled_by_its_version_or_built_from_files_that_are_there(String name) {
        ComposeFile.Service service = compose.service(name);

        if (service.has("build")) {
            Map<String, Object> build = service.map("build");
            Path context = ComposeFile.DIRECTORY.resolve(String.valueOf(build.get("context")));
            assertThat(context.resolve(String.valueOf(build.get("dockerfile")))).isRegularFile();
        } else {
            assertThat(service.text("image")).matches("[a-z/]+:[0-9.]+");
        }
        assertThat(service.list("volumes"))
                .allSatisfy(volume -> assertThat(ComposeFile.DIRECTORY.resolve(volume.split(":", -1)[0]))
                        .isRegularFile());
    }

    @ParameterizedTest
    @ValueSource(strings = {"setup", "relay", "writer", "reader"})
    void a_service_waits_for_what_it_needs_where_that_says_how_it_is(String name) {
        compose.service(name).map("depends_on").forEach((other, condition) -> {
            if (!String.valueOf(condition).contains("service_completed_successfully")) {
                assertThat(condition).hasToString("{condition=service_healthy}");
                assertThat(other.equals("relay") || compose.service(other).has("healthcheck"))
                        .as("the healthcheck of " + other)
                        .isTrue();
            }
        });
    }

    @Test
    void the_relays_configuration_is_read_with_its_environment_and_the_ports_agree() {
        ComposeFile.Service relay = compose.service("relay");
        ServerConfig config =
                ConfigReader.read(ComposeFile.DIRECTORY.resolve("relay.yaml"), relay.environment(), Map.of());

        assertThat(config.warnings()).isEmpty();
        assertThat(config.streams()).singleElement().satisfies(stream -> {
            assertThat(stream.relay().password()).isEqualTo("relay");
            assertReached(URI.create(stream.relay().url().replace("jdbc:", "")));
            assertReached(URI.create("kafka://" + stream.bootstrapServers()));
        });
        int port = config.admin().orElseThrow().port();
        assertThat(Dockerfile.read(IMAGE).last("EXPOSE")).isEqualTo(String.valueOf(port));
        assertThat(relay.list("ports")).containsExactly("127.0.0.1:" + port + ":" + port);
        assertThat(compose.service("setup").list("volumes")).isEqualTo(relay.list("volumes"));
    }

    @Test
    void its_setup_and_its_relay_do_their_work_where_the_servers_are_elsewhere() throws IOException {
        Admin admin = Admin.atFreePort();
        try (PostgresServer postgres = PostgresServer.start()) {
            postgres.execute("postgres", "ALTER ROLE postgres PASSWORD 'postgres'");
            postgres.requirePasswords();
            for (String statement : Files.readString(ComposeFile.DIRECTORY.resolve("databases.sql"))
                    .strip()
                    .split(";\\s*", -1)) {
                postgres.execute("postgres", statement);
            }
            Map<String, String> elsewhere = Map.of(
                    "RELAY_STREAMS_SHOP_URL", postgres.url("shop"),
                    "RELAY_KAFKA_BOOTSTRAP_SERVERS", Servers.BROKER.bootstrapServers(),
                    "RELAY_STREAMS_SHOP_POSITION_TOPIC", "position-of-compose",
                    "RELAY_ADMIN_PORT", String.valueOf(admin.port()));

            ComposeFile.Service setup = compose.service("setup");
            try (RelayProcess process = start(setup, setup.list("command"), elsewhere)) {
                assertThat(process.exitCode()).as(process::output).isZero();
                assertThat(process.output()).contains("  made   topic Person.events with ");
            }
            List<String> command = Dockerfile.words(Dockerfile.read(IMAGE).last("CMD"));
            try (RelayProcess relay = start(compose.service("relay"), command, elsewhere)) {
                relay.awaitOutput("Relaying ");
                postgres.execute("shop", """
                        INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                        VALUES (gen_random_uuid(), 'Person', '1', 'happened.v1', '"composed"', now())
                        """);
                assertThat(new Topic("Person.events").values(1)).containsExactly("\"composed\"");
                assertThat(admin.get("/health/ready").statusCode()).isEqualTo(200);
            }
        }
    }

    private static RelayProcess start(
            ComposeFile.Service service, List<String> command, Map<String, String> elsewhere) {
        String mounted = service.list("volumes").get(0);
        String[] paths = mounted.split(":", -1);
        Map<String, String> environment = new LinkedHashMap<>(service.environment());
        environment.putAll(elsewhere);
        return RelayProcess.startIn(
                ComposeFile.DIRECTORY,
                environment,
                command.stream()
                        .map(word -> word.equals(paths[1]) ? paths[0] : word)
                        .toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"writer", "reader"})
    void a_sample_knows_every_variable_that_it_is_given_and_is_led_to_the_servers(String sample) throws IOException {
        String main = Files.readString(ComposeFile.DIRECTORY.resolve(
                "../" + sample + "/src/main/java/dev/outbox/samples/" + sample + "/Main.java"));
        Map<String, String> environment = compose.service(sample).environment();

        assertThat(environment.keySet())
                .allSatisfy(variable -> assertThat(main).containsPattern("\\$\\{env:" + variable + "[:}]"));
        String url = requireNonNull(environment.get(sample.toUpperCase(Locale.ROOT) + "_URL"));
        assertReached(URI.create(url.replace("jdbc:", "")));
        assertThat(Files.readString(ComposeFile.DIRECTORY.resolve("databases.sql")))
                .contains("CREATE DATABASE " + url.replaceFirst(".*/", "") + ";");
    }

    @Test
    void the_broker_is_given_properties_that_it_has() {
        Set<String> known = AbstractKafkaConfig.CONFIG_DEF.names();

        assertThat(compose.service("kafka").environment().keySet())
                .allSatisfy(variable -> assertThat(known)
                        .contains(variable.replaceFirst("^KAFKA_", "")
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.')));
    }

    /** At the port at which the service of this name listens: PostgreSQL's own, and the broker's advertised one. */
    private void assertReached(URI address) {
        ComposeFile.Service service = compose.service(address.getHost());
        String listens = address.getScheme().equals("kafka")
                ? requireNonNull(service.environment().get("KAFKA_ADVERTISED_LISTENERS"))
                : "PLAINTEXT://" + address.getHost() + ":5432";
        assertThat(listens).isEqualTo("PLAINTEXT://" + address.getHost() + ":" + address.getPort());
    }
}
