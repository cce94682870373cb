package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.server.admin.TestKeystore;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** The commands that look after a running relay: status, pause, resume, restart. */
class OperatingTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final Admin admin = Admin.atFreePort();

    @Test
    void a_stream_is_looked_at_paused_resumed_and_restarted() {
        Shop shop = Shop.withOutbox();
        String yaml = admin.in(shop.yaml("partitions: 1"));
        String config = Shop.write(yaml).toString();
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            CommandLineRun status = CommandLineRun.of("status", "--config", config);
            assertThat(status.exitCode()).as(status::err).isEqualTo(ExitCode.OK);
            assertThat(status.out().lines().toList())
                    .hasSize(2)
                    .satisfies(lines -> assertThat(lines.get(0)).startsWith("STREAM"))
                    .satisfies(lines -> assertThat(lines.get(1)).matches(shop.name + " +RUNNING .*reserved"));

            CommandLineRun paused = CommandLineRun.of("pause", "-c", config, "-s", shop.name);
            assertThat(paused.exitCode()).as(paused::err).isEqualTo(ExitCode.OK);
            assertThat(paused.out()).isEqualTo("The stream " + shop.name + " is PAUSED." + System.lineSeparator());
            assertThat(CommandLineRun.of("status", "-c", config).out())
                    .contains("PAUSED ", shop.name + ": paused since ");

            CommandLineRun refused = CommandLineRun.of("restart", "-c", config, "-s", shop.name);
            assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(refused.err()).contains("found " + shop.name + " PAUSED. Resume it.");

            for (String command : new String[] {"resume", "restart"}) {
                CommandLineRun run = CommandLineRun.of(command, "-c", config, "-s", shop.name);
                assertThat(run.exitCode()).as(run::err).isEqualTo(ExitCode.OK);
                assertThat(run.out()).contains("is RUNNING.");
            }
        }
    }

    @Test
    void a_stream_that_is_not_ready_is_told_by_words_and_exit_code() {
        Shop shop = Shop.withOutbox();
        String yaml = admin.in(shop.yaml());
        String config = Shop.write(yaml).toString();
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            shop.execute("ALTER TABLE outbox RENAME TO hidden");
            CommandLineRun restart = CommandLineRun.of("restart", "-c", config, "-s", shop.name);
            assertThat(restart.exitCode()).isEqualTo(ExitCode.NOT_READY);
            assertThat(restart.err())
                    .contains("has taken the order to restart, and is FAILED still. Expected the table public.outbox");

            CommandLineRun status = CommandLineRun.of("status", "-c", config);
            assertThat(status.exitCode()).isEqualTo(ExitCode.NOT_READY);
            assertThat(status.out()).contains(" FAILED ! ", "Expected the table public.outbox");
        }
    }

    @Test
    void a_pipe_gets_lines_and_a_terminal_a_live_table() {
        Shop shop = Shop.withOutbox();
        String yaml = admin.in(shop.yaml());
        String config = Shop.write(yaml).toString();
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");

            CommandLineRun pipe = CommandLineRun.of(looking(false), "status", "-c", config, "--watch");
            assertThat(pipe.exitCode()).isEqualTo(ExitCode.OK);
            assertThat(pipe.out().lines())
                    .hasSize(2)
                    .allMatch(line -> line.contains(" " + shop.name + " state=RUNNING ready=true lag-seconds="));

            CommandLineRun terminal = CommandLineRun.of(looking(true), "status", "-c", config, "--watch");
            assertThat(terminal.out()).contains("\033[2KSTREAM", "\033[2A");

            CommandLineRun json = CommandLineRun.of(looking(true), "status", "-c", config, "--watch", "--json");
            assertThat(json.out().lines()).hasSize(2).allMatch(line -> line.startsWith("[{\"name\":\"" + shop.name));
        }
    }

    /** Twice, one second apart. */
    private static IFactory looking(boolean terminal) {
        return new IFactory() {
            @Override
            public <K> K create(Class<K> type) throws Exception {
                return type == StatusCommand.class
                        ? type.cast(new StatusCommand(terminal, 2))
                        : CommandLine.defaultFactory().create(type);
            }
        };
    }

    @Test
    void a_catch_up_is_shown_with_a_bar() {
        Shop shop = Shop.withOutbox();
        // Less than a batch may be in flight, and waits for more: 20 MiB a second at most.
        String slow = "kafka: { batch.size: 2000000, linger.ms: 50 }";
        String yaml = admin.in(shop.yaml("partitions: 1", "max-bytes-in-flight: 1MiB", slow));
        String config = Shop.write(yaml).toString();
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            CommandLineRun.of("pause", "-c", config, "-s", shop.name);
            for (int i = 0; i < 100; i++) {
                shop.events("Order", "'1'", "to_json(repeat(gen_random_uuid()::text, 60))", 1_000);
            }
            String longAgo =
                    "SELECT now() - min(occurred_at) > '15 s' AND now() - max(occurred_at) > '5 s' FROM outbox";
            await().atMost(Duration.ofMinutes(1)).until(() -> shop.query(longAgo), "t"::equals);
            CommandLineRun.of("resume", "-c", config, "-s", shop.name);

            await().atMost(LIMIT)
                    .until(
                            () -> CommandLineRun.of(looking(true), "status", "-c", config, "--watch")
                                    .out(),
                            out -> out.contains(shop.name + ": [") && out.contains(" left at "));
        }
    }

    @Test
    void nobody_who_answers_no_port_to_ask_and_no_such_stream_are_one_sentence_each() {
        Shop shop = Shop.withOutbox();
        String yaml = admin.in(shop.yaml());
        String config = Shop.write(yaml).toString();

        for (String[] command : new String[][] {{"status", "-c", config}, {"pause", "-c", config, "-s", shop.name}}) {
            CommandLineRun nobody = CommandLineRun.of(command);
            assertThat(nobody.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(nobody.err().lines())
                    .containsExactly("Expected the relay to answer at http://localhost:" + admin.port()
                            + " (admin.host, admin.port), found nobody there. Is it running, on this machine and with"
                            + " this configuration?");
        }
        String off = Shop.write(shop.yaml()).toString();
        CommandLineRun noPort = CommandLineRun.of("status", "-c", off);
        assertThat(noPort.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(noPort.err().lines())
                .containsExactly("relay.admin.port: expected the port at which the relay answers in " + off
                        + ", found none. Set it, and start the relay again.");

        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Answers at ");
            for (String command : new String[] {"status", "pause"}) {
                CommandLineRun unknown = CommandLineRun.of(command, "-c", config, "-s", "shopp");
                assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
                assertThat(unknown.err()).contains("expected one of ".substring(1), shop.name, "found 'shopp'");
            }
            String otherToken = Shop.write(yaml.replace(Admin.TOKEN, "another-token-than-it"))
                    .toString();
            CommandLineRun stranger = CommandLineRun.of("pause", "-c", otherToken, "-s", shop.name);
            assertThat(stranger.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(stranger.err()).contains("Expected the token of admin.token, found another.");
        }
    }

    @Test
    void over_tls_the_relay_is_known_by_the_key_store_of_the_configuration() {
        TestKeystore own = TestKeystore.create(directory);
        Shop shop = Shop.withOutbox();
        String yaml = admin.in(shop.yaml()).replace("admin: {", "admin: { " + tls(own));
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            CommandLineRun trusted =
                    CommandLineRun.of("status", "-c", Shop.write(yaml).toString());
            assertThat(trusted.exitCode()).as(trusted::err).isEqualTo(ExitCode.OK);

            TestKeystore other = TestKeystore.create(directory.resolve("other"));
            String elsewhere = Shop.write(yaml.replace(tls(own), tls(other))).toString();
            CommandLineRun stranger = CommandLineRun.of("pause", "-c", elsewhere, "-s", shop.name);
            assertThat(stranger.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(stranger.err()).contains("TLS fails", "another certificate", "the same admin.tls.keystore");
        }
    }

    private static String tls(TestKeystore store) {
        return "tls: { keystore: " + store.file() + ", keystore-password: " + store.password() + " },";
    }
}
