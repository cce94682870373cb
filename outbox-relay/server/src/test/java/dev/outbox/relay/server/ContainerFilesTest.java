package dev.outbox.relay.server;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.ServerConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** Image and compose file, held against what they name: without a container engine, nothing else would notice a mistake. */
class ContainerFilesTest {

    private static final Path SERVER = Path.of("").toAbsolutePath();
    private static final Path IMAGE = SERVER.resolve("src/main/dist/Dockerfile");
    private static final Path COMPOSE = SERVER.resolve("../../samples/compose").normalize();
    private static final Set<String> SERVICE_KEYS = Set.of(
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

    @Test
    void the_image_runs_the_start_script_on_a_jre_as_nobody_in_particular() {
        Dockerfile image = Dockerfile.read(IMAGE);

        assertThat(image.names())
                .containsExactly(
                        "FROM",
                        "RUN",
                        "COPY",
                        "COPY",
                        "USER",
                        "EXPOSE",
                        "STOPSIGNAL",
                        "HEALTHCHECK",
                        "ENTRYPOINT",
                        "CMD");
        assertThat(image.last("FROM")).isEqualTo("eclipse-temurin:17-jre");
        assertThat(image.last("USER")).isEqualTo("10001:10001");
        assertThat(image.last("RUN")).contains("--uid 10001").contains("--gid 10001");
        assertThat(json(image.last("ENTRYPOINT"))).containsExactly("/opt/outbox-relay/outbox-relay");
        assertThat(json(image.last("CMD"))).containsExactly("run", "--config", "/etc/outbox-relay/relay.yaml");
        assertThat(image.last("HEALTHCHECK"))
                .endsWith("\"http://localhost:" + image.last("EXPOSE") + "/health/ready\"]");
    }

    @Test
    void what_the_image_copies_is_what_the_build_makes() throws IOException {
        assertThat(Dockerfile.read(IMAGE).sources())
                .containsExactly("src/main/dist/outbox-relay", "target/outbox-relay-*-runnable.jar");
        assertThat(Dockerfile.matches(SERVER, "src/main/dist/outbox-relay")).isTrue();
        String pom = Files.readString(SERVER.resolve("pom.xml"));
        assertThat(pom)
                .contains(
                        "<artifactId>outbox-relay</artifactId>",
                        "<shadedClassifierName>runnable</shadedClassifierName>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"writer", "reader"})
    void what_a_samples_image_copies_is_what_its_build_makes(String sample) throws IOException {
        Dockerfile image = Dockerfile.read(COMPOSE.resolve("Dockerfile"));
        String pom = Files.readString(COMPOSE.resolve("../" + sample + "/pom.xml"));

        assertThat(image.names()).containsExactly("FROM", "ARG", "COPY", "COPY", "USER", "ENTRYPOINT");
        assertThat(image.sources())
                .containsExactly("${SAMPLE}/target/lib", "${SAMPLE}/target/outbox-sample-${SAMPLE}.jar");
        assertThat(pom)
                .contains(
                        "<finalName>outbox-sample-" + sample + "</finalName>",
                        "<classpathPrefix>lib/</classpathPrefix>",
                        "<outputDirectory>${project.build.directory}/lib</outputDirectory>");
    }

    @Test
    void the_compose_file_says_only_what_compose_reads_and_each_service_can_be_built_or_pulled() throws IOException {
        Map<String, Object> compose = compose();

        assertThat(compose.keySet()).containsExactly("services");
        services().forEach((name, service) -> {
            assertThat(SERVICE_KEYS).as(name).containsAll(service.keySet());
            if (service.containsKey("build")) {
                Map<String, Object> build = map(service, "build");
                Path context = COMPOSE.resolve(text(build, "context"));
                assertThat(context.resolve(text(build, "dockerfile"))).exists();
            } else {
                assertThat(text(service, "image")).as(name).matches("[a-z/]+:[0-9.]+");
            }
            for (Object volume : list(service, "volumes")) {
                assertThat(COMPOSE.resolve(String.valueOf(volume).split(":", -1)[0]))
                        .exists();
            }
            if (service.containsKey("depends_on")) {
                map(service, "depends_on").forEach((other, condition) -> {
                    assertThat(services()).containsKey(other);
                    if (String.valueOf(condition).contains("service_healthy")) {
                        assertThat(service(other).containsKey("healthcheck")
                                        || map(service(other), "build").containsValue("src/main/dist/Dockerfile"))
                                .as("a healthcheck of " + other)
                                .isTrue();
                    }
                });
            }
        });
    }

    @Test
    void the_relays_configuration_is_read_with_the_services_environment_and_its_ports_agree() throws IOException {
        Map<String, Object> relay = service("relay");
        ServerConfig config = ConfigReader.read(COMPOSE.resolve("relay.yaml"), environment(relay), Map.of());

        assertThat(config.warnings()).isEmpty();
        assertThat(config.streams()).singleElement().satisfies(stream -> {
            assertThat(stream.relay().password()).isEqualTo("relay");
            assertReached(URI.create(stream.relay().url().replace("jdbc:", "")));
            assertReached(URI.create("kafka://" + stream.bootstrapServers()));
        });
        int port = config.admin().orElseThrow().port();
        assertThat(Dockerfile.read(IMAGE).last("EXPOSE")).isEqualTo(String.valueOf(port));
        assertThat(list(relay, "ports")).map(String::valueOf).containsExactly("127.0.0.1:" + port + ":" + port);
        Map<String, Object> setup = service("setup");
        assertThat(environment(setup)).containsEntry("RELAY_PASSWORD", "relay").containsKey("OUTBOX_ADMIN_PASSWORD");
        assertThat(list(setup, "volumes")).isEqualTo(list(relay, "volumes"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"writer", "reader"})
    void a_sample_knows_every_variable_that_it_is_given_and_is_led_to_the_services(String sample) throws IOException {
        String main = Files.readString(
                COMPOSE.resolve("../" + sample + "/src/main/java/dev/outbox/samples/" + sample + "/Main.java"));
        Map<String, String> environment = environment(service(sample));

        assertThat(environment.keySet())
                .allSatisfy(variable -> assertThat(main).containsPattern("\\$\\{env:" + variable + "[:}]"));
        String url = requireNonNull(environment.get(sample.toUpperCase(Locale.ROOT) + "_URL"));
        assertReached(URI.create(url.replace("jdbc:", "")));
        assertThat(Files.readString(COMPOSE.resolve("databases.sql")))
                .contains("CREATE DATABASE " + url.replaceFirst(".*/", "") + ";");
    }

    @Test
    void the_broker_is_given_properties_that_it_has() throws IOException {
        Set<String> known = AbstractKafkaConfig.CONFIG_DEF.names();

        assertThat(environment(service("kafka")).keySet())
                .allSatisfy(variable -> assertThat(known)
                        .contains(variable.replaceFirst("^KAFKA_", "")
                                .toLowerCase(Locale.ROOT)
                                .replace('_', '.')));
    }

    /** At the port at which the service of this name listens: PostgreSQL's own, and the broker's advertised one. */
    private static void assertReached(URI address) {
        Map<String, Object> service = service(address.getHost());
        String listens = address.getScheme().equals("kafka")
                ? requireNonNull(environment(service).get("KAFKA_ADVERTISED_LISTENERS"))
                : "PLAINTEXT://" + address.getHost() + ":5432";
        assertThat(listens).isEqualTo("PLAINTEXT://" + address.getHost() + ":" + address.getPort());
    }

    /** As compose fills it in where nothing is set: {@code ${NAME:-default}}. */
    private static Map<String, String> environment(Map<String, Object> service) {
        Map<String, String> filled = new HashMap<>();
        map(service, "environment")
                .forEach((name, value) -> filled.put(
                        name,
                        Pattern.compile("\\$\\{[A-Z_]+:-([^}]*)}")
                                .matcher(String.valueOf(value))
                                .replaceAll("$1")));
        return filled;
    }

    private static List<String> json(String array) {
        return list(Map.of("array", new Yaml().<List<Object>>load(array)), "array").stream()
                .map(String::valueOf)
                .toList();
    }

    private static Map<String, Map<String, Object>> services() {
        return map(compose(), "services").keySet().stream()
                .collect(Collectors.toMap(name -> name, name -> map(map(compose(), "services"), name)));
    }

    private static Map<String, Object> service(String name) {
        return requireNonNull(services().get(name), name);
    }

    private static Map<String, Object> compose() {
        try {
            return new Yaml(new SafeConstructor(new LoaderOptions()))
                    .load(Files.readString(COMPOSE.resolve("compose.yaml")));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> object, String member) {
        return (Map<String, Object>) requireNonNull(object.get(member), member);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> object, String member) {
        return (List<Object>) object.getOrDefault(member, List.of());
    }

    private static String text(Map<String, Object> object, String member) {
        return String.valueOf(requireNonNull(object.get(member), member));
    }
}
