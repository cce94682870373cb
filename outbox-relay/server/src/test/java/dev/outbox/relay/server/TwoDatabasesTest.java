package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code samples/two-databases.yaml} as it is, with the two servers that it names elsewhere. */
class TwoDatabasesTest {

    private static final Path CONFIG = Path.of("../../samples/two-databases.yaml");

    private final Admin admin = Admin.atFreePort();

    @Test
    void two_databases_with_two_slots_and_two_routes_each_are_relayed_by_one_process() {
        try (PostgresServer payments = PostgresServer.start();
                PostgresServer customers = PostgresServer.start()) {
            payments.createDatabase("payments");
            customers.createDatabase("customers");
            Map<String, String> environment = Map.of(
                    "KAFKA",
                    Servers.BROKER.bootstrapServers(),
                    "PAYMENTS",
                    "localhost:" + payments.port(),
                    "CUSTOMERS",
                    "localhost:" + customers.port(),
                    "ADMIN_PORT",
                    String.valueOf(admin.port()),
                    "OUTBOX_ADMIN_PASSWORD",
                    "postgres");
            ServerConfig config = ConfigReader.read(CONFIG, environment, Map.of());
            assertFourStreams(config);

            try (RelayProcess setup = start(environment, "setup", "--admin-user", "postgres", "--with-table")) {
                assertThat(setup.exitCode()).as(setup::output).isZero();
            }
            try (RelayProcess relay = start(environment, "run")) {
                config.streams().forEach(stream -> relay.awaitOutput("[" + stream.name() + "] Relaying "));
                for (StreamConfig stream : config.streams()) {
                    PostgresServer server = stream.relay().url().endsWith("payments") ? payments : customers;
                    stream.relay().routes().keySet().forEach(type -> insert(server, stream, type));
                }

                for (StreamConfig stream : config.streams()) {
                    stream.relay()
                            .routes()
                            .forEach((type, topic) -> assertThat(new Topic(topic).values(1))
                                    .as("%s on %s", type, topic)
                                    .containsExactly("\"" + type + " of " + stream.name() + "\""));
                }
                assertThat(admin.get("/health/ready").statusCode()).isEqualTo(200);
            }
        }
    }

    private static void assertFourStreams(ServerConfig config) {
        assertThat(config.warnings()).isEmpty();
        assertThat(numberOfStreamsBy(config, stream -> stream.relay().url()))
                .hasSize(2)
                .containsValue(2L);
        assertThat(numberOfStreamsBy(config, stream -> stream.relay().slot())).hasSize(4);
        assertThat(config.streams())
                .allSatisfy(stream -> assertThat(stream.relay().routes()).hasSize(2));
    }

    private static Map<String, Long> numberOfStreamsBy(ServerConfig config, Function<StreamConfig, String> property) {
        return config.streams().stream().collect(Collectors.groupingBy(property, Collectors.counting()));
    }

    private static RelayProcess start(Map<String, String> environment, String command, String... options) {
        String[] arguments = new String[options.length + 3];
        arguments[0] = command;
        arguments[1] = "--config";
        arguments[2] = CONFIG.toString();
        System.arraycopy(options, 0, arguments, 3, options.length);
        return RelayProcess.startIn(Path.of(""), environment, arguments);
    }

    private static void insert(PostgresServer server, StreamConfig stream, String type) {
        server.execute(
                stream.relay().url().replaceFirst(".*/", ""), """
                INSERT INTO %s (id, aggregatetype, aggregateid, type, payload, occurred_at)
                VALUES (gen_random_uuid(), '%s', '1', 'happened.v1', '"%s of %s"', now())
                """.formatted(table(stream), type, type, stream.name()));
    }

    private static String table(StreamConfig stream) {
        return stream.relay().table().qualifiedName();
    }
}
