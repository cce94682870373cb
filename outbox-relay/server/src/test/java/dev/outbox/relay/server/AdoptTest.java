package dev.outbox.relay.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.samples.servers.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code outbox-relay adopt}: a gap is shown to somebody, and the stream goes on behind it when it is accepted. */
class AdoptTest {

    private static final Duration LIMIT = Duration.ofSeconds(40);

    private final Shop shop = Shop.withOutbox();

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void what_run_says_of_a_dropped_slot_leads_out_of_it(String mode) {
        Path config = Shop.write(shop.yaml("partitions: 1", "delivery: " + mode));
        relay(config, "1");
        dropSlot();
        shop.event("Order", "1", "'\"2\"'");

        String failure = runUntilItEnds(config);
        assertThat(failure)
                .contains("The stream can't start: Expected the slot '" + shop.name, "that it is gone")
                .contains("outbox-relay adopt --config " + config + " --stream " + shop.name + " --accept-gap");

        Adopting shown = Adopting.of(shop, config);
        assertThat(shown.exitCode()).as(shown.output()).isEqualTo(ExitCode.GAP);
        assertThat(shown.output())
                .contains("Left at: Everything before ", "index 0 of the transaction at ", "that it is gone")
                .contains("may not have been relayed")
                .doesNotContain("\"1\"", "\"2\"");
        assertThat(shop.query(
                        "SELECT string_agg(id::text, ' ') FROM (" + shown.sql().replace(";", "") + ") AS found"))
                .contains(shop.query("SELECT id FROM outbox WHERE payload::text = '\"2\"'"));
        assertThat(slots()).isEqualTo("0");

        String[] command = Adopting.command(failure);
        assertThat(command).isEqualTo(Adopting.command(shown.output()));
        String refusal;
        try (RelayProcess adopt = RelayProcess.start(command)) {
            assertThat(adopt.exitCode()).as(adopt::output).isEqualTo(ExitCode.GAP);
            refusal = adopt.output();
        }
        assertThat(refusal)
                .contains("Expected a terminal", "Nothing is changed")
                .doesNotContain("ERROR", "\tat ");
        assertThat(slots()).isEqualTo("0");
        assertThat(adoptedOf(lastPosition())).isNull();

        String suggested = refusal.lines()
                .filter(line -> line.contains("Expected a terminal"))
                .findFirst()
                .orElseThrow();
        try (RelayProcess adopt = RelayProcess.start(Adopting.command(suggested))) {
            assertThat(adopt.exitCode()).as(adopt::output).isEqualTo(ExitCode.OK);
            assertThat(adopt.output())
                    .contains("The gap is accepted by " + System.getProperty("user.name"))
                    .contains("outbox-relay run --config " + config);
        }

        relay(config, "3");
        assertThat(orders(2)).containsExactly("1", "3");
        Adopted adopted = Objects.requireNonNull(adoptedOf(lastPosition()));
        assertThat(adopted.by()).startsWith(System.getProperty("user.name"));
        assertThat(adopted.at()).isBetween(Instant.now().minus(Duration.ofMinutes(5)), Instant.now());
        assertThat(adopted.range().afterMillis()).isPositive();
        assertThat(adopted.range().afterLsn().value()).isPositive();
        assertThat(adopted.range().untilMillis()).isPositive();
        assertThat(adopted.range().untilLsn().value()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void a_publication_that_was_made_anew_is_a_gap_until_somebody_says_yes(String mode) {
        Path config = Shop.write(shop.yaml("partitions: 1", "delivery: " + mode));
        relay(config, "1");
        remakePublication();

        List<String> commands = read(Path.of("README.md"))
                .lines()
                .filter(line -> line.startsWith("outbox-relay adopt "))
                .map(line ->
                        line.replace("relay.yaml", config.toString()).replace("--stream shop", "--stream " + shop.name))
                .toList();
        assertThat(commands).as("in the manual").hasSize(2);

        Adopting shown = Adopting.answering("y", Adopting.command(commands.get(0)));
        assertThat(shown.exitCode()).as(shown.output()).isEqualTo(ExitCode.GAP);
        assertThat(shown.output()).contains("Expected the publication of OID");

        Adopting accepted = Adopting.answering("y", Adopting.command(commands.get(1)));
        assertThat(accepted.exitCode()).as(accepted.output()).isEqualTo(ExitCode.OK);

        relay(config, "2");
        assertThat(orders(2)).containsExactly("1", "2");
    }

    @Test
    void any_answer_but_yes_changes_nothing() {
        Path config = Shop.write(shop.yaml());
        relay(config, "1");
        remakePublication();
        String before = new String(lastPosition(), UTF_8);

        for (String answer : List.of("n", "", "no", "yes please")) {
            Adopting declined = Adopting.answering(
                    answer, "adopt", "--config", config.toString(), "--stream", shop.name, "--accept-gap");

            assertThat(declined.exitCode()).as(declined.output()).isEqualTo(ExitCode.GAP);
            assertThat(declined.output()).contains("Not accepted. Nothing is changed.");
            assertThat(new String(lastPosition(), UTF_8)).isEqualTo(before);
        }
        try (RunningStream stream = new RunningStream(read(config))) {
            StreamTest.awaitLog(stream, "The stream can't start: ", "Expected the publication of OID");
        }
    }

    @Test
    void another_server_is_a_gap_and_the_stream_goes_on_on_it_when_it_is_accepted() {
        relay(Shop.write(shop.yaml("partitions: 1")), "1");
        try (PostgresServer upgraded = PostgresServer.start()) {
            upgraded.createDatabase(shop.name);
            upgraded.execute(shop.name, OutboxTable.ddl());
            upgraded.execute(shop.name, "CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
            upgraded.execute(shop.name, "SELECT pg_create_logical_replication_slot('" + shop.name + "', 'pgoutput')");
            Path config = Shop.write(
                    shop.yaml("partitions: 1").replace(Servers.POSTGRES.url(shop.name), upgraded.url(shop.name)));

            assertThat(Adopting.of(shop, config).output())
                    .contains("Expected the server of system identifier", "or one that was upgraded");
            Adopting accepted = Adopting.of(shop, config, "--accept-gap", "--yes");
            assertThat(accepted.exitCode()).as(accepted.output()).isEqualTo(ExitCode.OK);

            try (RunningStream stream = new RunningStream(read(config))) {
                StreamTest.awaitRelaying(stream);
                upgraded.execute(shop.name, """
                        INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                        VALUES (gen_random_uuid(), 'Order', '1', 'happened.v1', '"2"', now())
                        """);
                assertThat(orders(2)).containsExactly("1", "2");
            }
        }
    }

    @Test
    void without_a_gap_it_says_so_and_changes_nothing() {
        Path config = Shop.write(shop.yaml());
        relay(config, "1");
        String before = new String(lastPosition(), UTF_8);

        for (String[] options : new String[][] {{}, {"--accept-gap"}, {"--accept-gap", "--yes"}}) {
            Adopting none = Adopting.of(shop, config, options);
            assertThat(none.exitCode()).as(none.output()).isEqualTo(ExitCode.OK);
            assertThat(none.output()).contains("has no gap. Nothing is changed.");
        }
        assertThat(new String(lastPosition(), UTF_8)).isEqualTo(before);
    }

    @Test
    void a_stream_that_never_ran_has_no_gap_and_nothing_is_made_for_it() {
        Adopting none = Adopting.of(shop, Shop.write(shop.yaml()));

        assertThat(none.exitCode()).as(none.output()).isEqualTo(ExitCode.OK);
        assertThat(none.output()).contains("has no position in " + shop.positionTopic());
        assertThat(slots()).isEqualTo("0");
    }

    @Test
    void a_relay_that_streams_from_the_slot_is_left_alone_and_named() {
        Path config = Shop.write(shop.yaml("partitions: 1"));
        try (RunningStream stream = new RunningStream(read(config))) {
            StreamTest.awaitRelaying(stream);

            Adopting refused = Adopting.of(shop, config, "--accept-gap", "--yes");

            String pid =
                    shop.query("SELECT active_pid FROM pg_replication_slots WHERE slot_name = '" + shop.name + "'");
            assertThat(refused.exitCode()).as(refused.output()).isEqualTo(ExitCode.FAILED);
            assertThat(refused.output()).contains("is held by another connection", "is active for PID " + pid);
            assertThat(shop.query(refused.sql())).isEqualTo(pid);
            shop.event("Order", "1", "'1'");
            assertThat(orders(1)).containsExactly("1");
            assertThat(stream.stop()).as(stream.log()::toString).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void a_running_relay_whose_stream_failed_goes_on_by_itself(String mode) {
        String yaml = shop.yaml("partitions: 1", "delivery: " + mode);
        try (RunningStream stream = new RunningStream(yaml)) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            orders(1);
            shop.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + shop.name + "'");
            await().atMost(LIMIT).ignoreExceptions().until(() -> {
                dropSlot();
                return true;
            });
            await().atMost(LIMIT).until(() -> stream.state() == StreamState.FAILED);
            StreamTest.awaitLog(stream, "To accept the gap: outbox-relay adopt");

            Adopting accepted = Adopting.of(shop, Shop.write(yaml), "--accept-gap", "--yes");

            assertThat(accepted.exitCode()).as(accepted.output()).isEqualTo(ExitCode.OK);
            await().atMost(LIMIT).until(() -> stream.state() == StreamState.RUNNING);
            shop.event("Order", "1", "'2'");
            assertThat(orders(2)).containsExactly("1", "2");
            List<String> failures = stream.log().stream()
                    .filter(line -> line.contains("the stream is FAILED"))
                    .toList();
            assertThat(failures.get(0)).contains("found that it is gone");
            // A look between the new slot and its checkpoint finds a slot that is not the stream's, and says that.
            assertThat(failures.subList(1, failures.size()))
                    .as("each said once")
                    .hasSizeLessThanOrEqualTo(1)
                    .allSatisfy(line -> assertThat(line).contains("moved it or made it anew"));
        }
    }

    @Test
    void what_it_suggests_to_look_at_has_the_configured_names() {
        shop.execute("CREATE SCHEMA sales");
        shop.execute("ALTER TABLE outbox SET SCHEMA sales");
        shop.execute("ALTER TABLE sales.outbox RENAME TO \"Events\"");
        shop.execute("ALTER TABLE sales.\"Events\" RENAME occurred_at TO \"happened at\"");
        Path config = Shop.write(shop.yaml("table: sales.Events", "columns: { occurred-at: happened at }"));
        try (RunningStream stream = new RunningStream(read(config))) {
            StreamTest.awaitRelaying(stream);
            assertThat(stream.stop()).as(stream.log()::toString).isTrue();
        }
        dropSlot();

        Adopting shown = Adopting.of(shop, config);

        assertThat(shown.output()).contains("where it began: no event was relayed yet");
        assertThat(shown.sql()).contains("FROM \"sales\".\"Events\" WHERE \"happened at\" <= '");
        assertThat(shop.query(shown.sql())).isEmpty();
    }

    @Test
    void an_unknown_stream_is_a_usage_error_with_the_names_there_are() {
        Adopting unknown = Adopting.run(
                question -> Optional.empty(),
                "--config",
                Shop.write(shop.yaml()).toString(),
                "--stream",
                "shup");

        assertThat(unknown.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.output().strip()).isEqualTo("--stream: expected one of " + shop.name + ", found 'shup'.");
    }

    @Test
    void mistakes_in_the_configuration_are_listed_and_nothing_else() {
        Adopting wrong = Adopting.of(shop, Shop.write("relay: { streams: { a: { sloot: b } } }"));

        assertThat(wrong.exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(wrong.output().lines()).hasSize(3).allMatch(line -> line.startsWith("relay."));
    }

    @Test
    void an_unreachable_broker_is_one_sentence() {
        Path config = Shop.write(shop.yaml().replace(Servers.BROKER.bootstrapServers(), "localhost:1"));

        Adopting failed = Adopting.of(shop, config);

        assertThat(failed.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(failed.output().lines()).singleElement().asString().startsWith("No answer from the brokers at ");
    }

    @Test
    void help_lists_the_exit_codes() {
        try (RelayProcess relay = RelayProcess.start("adopt", "--help")) {
            assertThat(relay.exitCode()).isZero();
            assertThat(relay.output())
                    .contains("Exit codes:", "  0   ", "  1   ", "  2   ", "  3   ", "  5   ")
                    .contains("--accept-gap", "--yes", "--stream");
        }
    }

    /** Runs a relay in order until it has relayed one more event. */
    private void relay(Path config, String payload) {
        int before = shop.query("SELECT count(*) FROM outbox").equals("0")
                ? 0
                : orders(1).size();
        try (RunningStream stream = new RunningStream(read(config))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'\"" + payload + "\"'");
            orders(before + 1);
            assertThat(stream.stop()).as(stream.log()::toString).isTrue();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String runUntilItEnds(Path config) {
        try (RelayProcess relay = RelayProcess.start("run", "--config", config.toString())) {
            assertThat(relay.exitCode()).as(relay::output).isEqualTo(ExitCode.FAILED);
            return relay.output();
        }
    }

    private List<String> orders(int atLeast) {
        return new Topic(shop.topic("Order"))
                .committedValues(atLeast).stream()
                        .map(value -> value.replace("\"", ""))
                        .toList();
    }

    private void dropSlot() {
        shop.query("SELECT pg_drop_replication_slot('" + shop.name + "')");
    }

    private void remakePublication() {
        shop.execute("DROP PUBLICATION outbox");
        shop.execute("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
    }

    private String slots() {
        return shop.query("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + shop.name + "'");
    }

    private byte[] lastPosition() {
        var records = new Topic(shop.positionTopic()).committed(1, LIMIT);
        return records.get(records.size() - 1).value();
    }

    private static @Nullable Adopted adoptedOf(byte[] position) {
        return PositionFormat.read(position).adopted();
    }
}
