package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A relay as a process, run and watched over HTTP. */
class AdminProcessTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Admin admin = Admin.atFreePort();

    @Test
    void a_stream_that_relays_says_so_and_is_ready() {
        Shop shop = Shop.withOutbox();
        try (RelayProcess relay = RelayProcess.run(admin.in(shop.yaml("partitions: 1")))) {
            relay.awaitOutput("Relaying ");
            shop.event("Order", "1", "'1'");
            shop.awaitConfirmed(LIMIT);

            await().atMost(LIMIT)
                    .until(
                            () -> admin.get("/streams/" + shop.name + "/status").body(),
                            body -> body.contains("\"lag\":{\"bytes\":0,\"seconds\":0.0}"));
            assertThat(admin.get("/streams").body())
                    .startsWith("[{\"name\":\"" + shop.name + "\",\"state\":\"RUNNING\",")
                    .contains("\"events\":1,", "\"walStatus\":\"reserved\",\"active\":true");
            assertThat(admin.get("/health/ready").statusCode()).isEqualTo(200);
            assertThat(admin.get("/health/live").statusCode()).isEqualTo(200);
            assertThat(new Metrics(admin.get("/metrics").body())
                            .value("outbox_relay_events_total{stream=\"" + shop.name + "\"}"))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void a_pause_survives_a_relay_that_is_killed(String mode) {
        Shop shop = Shop.withOutbox();
        String yaml = admin.in(shop.yaml("partitions: 1", "delivery: " + mode));
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            assertThat(admin.command("PUT", "/streams/" + shop.name + "/pause").statusCode())
                    .isEqualTo(200);
            relay.kill();
            relay.exitCode();
        }
        shop.event("Order", "1", "'1'");
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Paused since ");
            assertThat(admin.get("/streams").body()).contains("\"state\":\"PAUSED\"", "\"by\":\"127.0.0.1\"");
            assertThat(admin.command("PUT", "/streams/" + shop.name + "/resume").body())
                    .contains("\"state\":\"RUNNING\"");
            assertThat(new Topic(shop.topic("Order")).committedValues(1)).containsExactly("1");
            relay.terminate();
            assertThat(relay.exitCode()).as(relay::output).isZero();
        }
    }

    @Test
    void a_relay_that_is_stopped_while_paused_ends_with_0() {
        Shop shop = Shop.withOutbox();
        try (RelayProcess relay = RelayProcess.run(admin.in(shop.yaml()))) {
            relay.awaitOutput("Relaying ");
            admin.command("PUT", "/streams/" + shop.name + "/pause");
            relay.awaitOutput("Paused since ");
            relay.terminate();

            assertThat(relay.exitCode()).as(relay::output).isZero();
        }
    }

    @Test
    void a_stream_whose_brokers_hang_is_alive_and_not_ready() throws Exception {
        Shop shop = Shop.withOutbox();
        try (RelayProcess relay = RelayProcess.run(admin.in(shop.yaml()))) {
            relay.awaitOutput("Relaying ");
            shop.event("Order", "1", "'1'");
            new Topic(shop.topic("Order")).records(1);
            signalBroker("STOP");
            try {
                shop.event("Order", "1", "'2'");
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> admin.get("/health/ready").statusCode(), status -> status == 503);
                assertThat(admin.get("/health/ready").body()).contains("no acknowledgement from the brokers for 2");
                assertThat(admin.get("/health/live").statusCode()).isEqualTo(200);
            } finally {
                signalBroker("CONT");
            }
            await().atMost(LIMIT).until(() -> admin.get("/health/ready").statusCode(), status -> status == 200);
        }
    }

    @Test
    void a_port_that_is_taken_is_one_sentence() {
        Shop shop = Shop.withOutbox();
        try (RelayProcess first = RelayProcess.run(admin.in(shop.yaml()))) {
            first.awaitOutput("Answers at http://localhost:" + admin.port());
            try (RelayProcess second = RelayProcess.run(admin.in(shop.yaml()))) {
                assertThat(second.exitCode()).isEqualTo(ExitCode.FAILED);
                assertThat(second.output())
                        .contains("Expected to listen at localhost:" + admin.port(), "Address already in use")
                        .doesNotContain("\tat ", "Relaying");
            }
        }
    }

    @Test
    void no_secret_is_seen_in_logs_answers_or_metrics_whatever_is_asked() {
        Shop shop = Shop.withOutbox();
        String yaml = admin.in(shop.yaml("password: secret-1", "connection: { sslpassword: secret-2 }"))
                .replace("  kafka:\n", "  kafka:\n    ssl.keystore.password: secret-3\n");
        StringBuilder seen = new StringBuilder();
        try (RelayProcess relay = RelayProcess.start(
                "run", "--debug", "--config", Shop.write(yaml).toString())) {
            relay.awaitOutput("Relaying ");
            shop.event("Order", "1", "'\"a payload that nobody may see\"'");
            shop.awaitConfirmed(LIMIT);
            String stream = "/streams/" + shop.name;
            for (String token : List.of(Admin.TOKEN, "secret-4-which-is-wrong", "")) {
                seen.append(admin.send("PUT", stream + "/pause", token).body());
                seen.append(admin.send("PUT", stream + "/resume", token).body());
                seen.append(admin.send("POST", stream + "/restart", token).body());
                seen.append(admin.send("GET", stream + "/nothing", token).body());
            }
            shop.execute("ALTER TABLE outbox RENAME TO hidden");
            seen.append(admin.command("POST", stream + "/restart").body());
            relay.awaitOutput("has to be mended");
            for (String path : List.of("/streams", stream + "/status", "/metrics", "/health/ready", "/health/live")) {
                seen.append(admin.get(path).body());
            }
            seen.append(relay.output());
        }
        assertThat(seen.toString())
                .contains("\"state\":\"FAILED\"")
                .doesNotContain(Admin.TOKEN, "secret-", "a payload that");
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }
}
