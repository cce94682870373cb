package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.server.client.StreamReport;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The log as JSON, for those who collect it. */
class LogFormatTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void each_line_is_an_object_that_names_its_stream_whichever_thread_has_said_it() {
        Shop shop = Shop.withOutbox();
        String config = Shop.write(shop.yaml("on-record-error: dead-letter")).toString();
        try (RelayProcess relay = RelayProcess.startWith(Logging.VARIABLE, "json", "run", "--config", config)) {
            relay.awaitOutput("Relaying ");
            shop.event("no topic for this", "1", "'\"a payload that nobody may see\"'");
            relay.awaitOutput("Dead-lettered");
            shop.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + shop.name + "'");
            await().atMost(LIMIT)
                    .untilAsserted(() -> assertThat(saying(relay, "Relaying "))
                            .as(relay.output())
                            .hasSize(2));
            relay.terminate();
            assertThat(relay.exitCode()).as(relay::output).isZero();

            List<String> lines = relay.output().lines().toList();
            assertThat(lines)
                    .allMatch(line -> StreamReport.member(line, "level").isPresent());
            for (String words :
                    List.of("Relaying ", "Dead-lettered ", "Lost the replication connection", "Stopped. ")) {
                assertThat(saying(relay, words))
                        .as(words)
                        .isNotEmpty()
                        .allMatch(
                                line -> StreamReport.member(line, "mdc.stream").equals(Optional.of(shop.name)));
            }
            assertThat(relay.output()).doesNotContain("a payload that");
        }
    }

    @Test
    void the_option_debug_logs_more_and_stack_traces() {
        String config = Shop.write(Shop.withOutbox().yaml().replace(Servers.BROKER.bootstrapServers(), "localhost:1"))
                .toString();
        try (RelayProcess relay = RelayProcess.start("run", "--debug", "--config", config)) {
            assertThat(relay.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(relay.output()).contains("\tat ");
        }
    }

    private static List<String> saying(RelayProcess relay, String words) {
        return relay.output()
                .lines()
                .filter(line -> StreamReport.member(line, "formattedMessage")
                        .filter(message -> message.contains(words))
                        .isPresent())
                .toList();
    }

    @Test
    void another_format_is_refused_in_words() {
        String config = Shop.write(Shop.withOutbox().yaml()).toString();
        try (RelayProcess relay = RelayProcess.startWith(Logging.VARIABLE, "jason", "run", "--config", config)) {
            assertThat(relay.exitCode()).isEqualTo(ExitCode.USAGE);
            assertThat(relay.output().lines())
                    .containsExactly(
                            "The environment variable OUTBOX_RELAY_LOG: expected text or json, found 'jason'.");
        }
    }
}
