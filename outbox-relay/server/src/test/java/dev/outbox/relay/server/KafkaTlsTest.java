package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.samples.servers.KafkaBroker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SCRAM over TLS, with a broker whose certificate is for {@code localhost} alone. */
class KafkaTlsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String PASSWORD = "secret-of-the-principal";

    @TempDir
    private static Path directory;

    private static CertificateAuthority authority;
    private static KafkaBroker broker;
    private static int securePort;

    @BeforeAll
    static void start() throws Exception {
        authority = CertificateAuthority.create(directory, "authority");
        securePort = freePort();
        int port = freePort();
        int controllerPort = freePort();
        Map<String, String> properties = new HashMap<>();
        properties.put(
                "listeners",
                "PLAINTEXT://localhost:" + port + ",SASL_SSL://localhost:" + securePort + ",CONTROLLER://localhost:"
                        + controllerPort);
        properties.put("controller.quorum.bootstrap.servers", "localhost:" + controllerPort);
        properties.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT");
        properties.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
        properties.put(
                "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        String keystore = authority.identityOf("localhost").keystore().toString();
        properties.put("listener.name.sasl_ssl.ssl.keystore.type", "PKCS12");
        properties.put("listener.name.sasl_ssl.ssl.keystore.location", keystore);
        properties.put("listener.name.sasl_ssl.ssl.keystore.password", CertificateAuthority.PASSWORD);
        properties.put("listener.name.sasl_ssl.ssl.key.password", CertificateAuthority.PASSWORD);
        broker = KafkaBroker.start(port, properties);
        letIn("relay");
    }

    private static void letIn(String user) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD)))
                    .all()
                    .get();
        }
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @Test
    void events_are_sent_over_a_verified_connection_and_still_after_a_restart_of_the_broker() {
        Shop shop = Shop.withOutbox();
        try (RelayProcess relay = RelayProcess.run(yaml(shop, "localhost", authority, PASSWORD))) {
            relay.awaitOutput("Relaying ");
            shop.event("Order", "1", "'1'");
            awaitValue(shop, "1");

            broker.stop();
            broker.restart();
            shop.event("Order", "1", "'2'");
            awaitValue(shop, "2");
            relay.terminate();
            assertThat(relay.exitCode()).as(relay::output).isZero();
            assertThat(relay.output()).doesNotContain(PASSWORD);
        }
    }

    @Test
    void exactly_once_goes_over_it_as_well() {
        Shop shop = Shop.withOutbox();
        String yaml = yaml(shop, "localhost", authority, PASSWORD, "delivery: exactly-once");
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            shop.event("Order", "1", "'1'");
            awaitValue(shop, "1");
        }
    }

    @Test
    void a_host_that_the_certificate_is_not_for_is_refused_in_one_sentence() {
        assertRefused(yaml(Shop.withOutbox(), "127.0.0.1", authority, PASSWORD), "127.0.0.1", "handshake failed");
    }

    @Test
    void a_broker_that_an_unknown_authority_vouches_for_is_refused_in_one_sentence() {
        assertRefused(
                yaml(Shop.withOutbox(), "localhost", CertificateAuthority.create(directory, "unknown"), PASSWORD),
                "localhost",
                "handshake failed");
    }

    @Test
    void a_wrong_password_is_refused_in_one_sentence_without_it() {
        assertRefused(
                yaml(Shop.withOutbox(), "localhost", authority, PASSWORD + "-of-another"),
                "localhost",
                "invalid credentials with SASL mechanism SCRAM-SHA-512");
    }

    private static void assertRefused(String yaml, String host, String words) {
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            assertThat(relay.exitCode()).as(relay::output).isEqualTo(ExitCode.FAILED);
            assertThat(relay.output())
                    .contains("The stream can't start: The brokers at " + host + ":" + securePort
                            + " refused the relay: ")
                    .contains(words, "Check the security, sasl and ssl properties under kafka.")
                    .doesNotContain("\tat ", PASSWORD);
            assertThat(relay.output().lines().filter(line -> line.contains("ERROR")))
                    .hasSize(1);
        }
    }

    private static String yaml(
            Shop shop, String host, CertificateAuthority trusted, String password, String... streamLines) {
        return shop.yaml(streamLines)
                .replace("    bootstrap.servers: " + Servers.BROKER.bootstrapServers() + "\n", """
                            bootstrap.servers: %s:%d
                            security.protocol: SASL_SSL
                            sasl.mechanism: SCRAM-SHA-512
                            sasl.jaas.config: org.apache.kafka.common.security.scram.ScramLoginModule required username="relay" password="%s";
                            ssl.truststore.type: PEM
                            ssl.truststore.location: %s
                        """.formatted(
                                host, securePort, password, trusted.certificate()));
    }

    private static void awaitValue(Shop shop, String value) {
        new Topic(broker.bootstrapServers(), shop.topic("Order"))
                .awaitRecord(record -> Topic.text(record.value()).equals(value), LIMIT);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
