package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What takes minutes to show: {@code mvn verify -Pguarantees}. Prints its figures, and the seed of what is random. */
@Tag("long")
class GuaranteesTest {

    private static final Duration LONG = Duration.ofMinutes(15);
    private static final Map<String, String> BROKERS_TIME = Map.of("message.timestamp.type", "LogAppendTime");
    private static final int KILLS = 20;

    @ParameterizedTest
    @ValueSource(strings = {"exactly-once", "at-least-once"})
    void a_relay_killed_at_random_moments_loses_nothing_and_repeats_only_what_the_mode_allows(String mode) {
        int events = 200_000;
        int bytesInFlight = 1 << 20;
        long seed = System.nanoTime();
        print("%s, killed %d times: seed %d", mode, KILLS, seed);
        Random random = new Random(seed);
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), 4, BROKERS_TIME);
        String yaml = shop.yaml("delivery: " + mode, "max-bytes-in-flight: " + bytesInFlight);
        try (RelayProcess first = RelayProcess.run(yaml)) {
            first.awaitOutput("Relaying ");
        }
        Semaphore turns = new Semaphore(0);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> writeInTurns(shop, events, turns, seed));
        for (int kill = 0; kill < KILLS; kill++) {
            try (RelayProcess relay = RelayProcess.run(yaml)) {
                if (random.nextInt(4) != 0) {
                    relay.awaitOutput("Relaying ");
                }
                turns.release();
                assertThat(relay.endsWithin(random.nextInt(1_500)))
                        .as(relay::output)
                        .isFalse();
                relay.kill();
                assertThat(relay.exitCode()).isEqualTo(137);
            }
        }
        try (RelayProcess last = RelayProcess.run(yaml)) {
            last.awaitOutput("Relaying ");
            writer.join();
            shop.awaitConfirmed(LONG);
            Received received = new Received(events, topic.committed(events, LONG));
            received.assertNothingLostOrReordered();
            last.terminate();
            assertThat(last.exitCode()).as(last::output).isZero();
            int inFlight = bytesInFlight / 256;
            int unstored = received.mostWithin(200);
            print(
                    "%s: %d events, %d duplicates; bound: %d kills x (%d in flight + %d in 200 ms) = %d",
                    mode, events, received.duplicates(), KILLS, inFlight, unstored, KILLS * (inFlight + unstored));
            assertThat(received.duplicates())
                    .isLessThanOrEqualTo(mode.equals("exactly-once") ? 0 : KILLS * (inFlight + unstored));
        }
    }

    private static void writeInTurns(Shop shop, int events, Semaphore turns, long seed) {
        Random random = new Random(seed);
        try (Connection connection = Servers.POSTGRES.connect(shop.name);
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                        SELECT gen_random_uuid(), 'Order', i % 50, 'happened.v1', to_json(i), now()
                        FROM generate_series(?, ?) AS i
                        """)) {
            int turn = events / KILLS;
            for (int from = 1; from <= events; ) {
                if ((from - 1) % turn == 0) {
                    turns.acquireUninterruptibly();
                }
                int turnEnd = ((from - 1) / turn + 1) * turn;
                int to = Math.min(turnEnd, from + random.nextInt(60));
                insert.setInt(1, from);
                insert.setInt(2, to);
                insert.execute();
                from = to + 1;
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "killed, exactly-once",
        "killed, at-least-once",
        "suspended, exactly-once",
        "suspended, at-least-once",
        "cut off, exactly-once",
        "cut off, at-least-once"
    })
    void the_second_relay_takes_over_within_15_seconds(String fault, String mode) throws Exception {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        String yaml = shop.yaml("delivery: " + mode);
        List<Double> seconds = new ArrayList<>();
        int events = 0;
        int runs = Integer.getInteger("takeovers", 10);
        for (int run = 0; run < runs; run++) {
            try (CuttableProxy proxy = new CuttableProxy(Servers.POSTGRES.port());
                    RelayProcess first = RelayProcess.run(
                            yaml.replace(":" + Servers.POSTGRES.port() + "/", ":" + proxy.port() + "/"))) {
                first.awaitOutput("Relaying ");
                shop.event("Order", "1", "'" + ++events + "'");
                topic.committed(events, LONG);
                try (RelayProcess second = RelayProcess.run(yaml)) {
                    second.awaitOutput("Standing by.");
                    switch (fault) {
                        case "killed" -> first.kill();
                        case "suspended" -> first.signal("STOP");
                        default -> proxy.cut();
                    }
                    long since = System.nanoTime();
                    shop.event("Order", "1", "'" + ++events + "'");
                    topic.committed(events, LONG);
                    seconds.add((System.nanoTime() - since) / 1e9);
                    first.kill();
                    second.terminate();
                    assertThat(second.exitCode()).as(second::output).isZero();
                }
            }
        }
        print("%s, %s: taken over after %s s", fault, mode, rounded(seconds));
        assertThat(seconds).allMatch(time -> time < 15);
        assertThat(topic.committedValues(events).stream().distinct()).hasSize(events);
    }

    @Test
    void exactly_once_costs_at_most_a_quarter_of_the_throughput() {
        int events = Integer.getInteger("throughput.events", 500_000);
        int rounds = 3;
        Shop shop = Shop.withOutbox();
        shop.execute("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
        for (int slot = 0; slot <= 2 * rounds; slot++) {
            shop.query("SELECT pg_create_logical_replication_slot('" + shop.name + "_" + slot + "', 'pgoutput')");
        }
        shop.execute("""
                DO $$ BEGIN FOR t IN 1..%d LOOP
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Order', i %% 1000, 'happened.v1', to_json(repeat('x', 198)), now()
                    FROM generate_series(1, 100) AS i;
                    COMMIT;
                END LOOP; END $$
                """.formatted(events / 100));
        List<Double> atLeastOnce = new ArrayList<>();
        List<Double> exactlyOnce = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            atLeastOnce.add(throughput(shop, 2 * round, "at-least-once", events));
            exactlyOnce.add(throughput(shop, 2 * round + 1, "exactly-once", events));
        }
        double ratio = median(exactlyOnce) / median(atLeastOnce);
        print(
                "events/s of 200 bytes, median of 3: at-least-once %.0f, exactly-once %.0f (%.0f %%); all: %s %s",
                median(atLeastOnce), median(exactlyOnce), 100 * ratio, rounded(atLeastOnce), rounded(exactlyOnce));
        assertThat(ratio).isGreaterThanOrEqualTo(0.75);
    }

    /** Between the first and the last record, by the broker's clock. */
    private static double throughput(Shop shop, int slot, String mode, int events) {
        Topic topic = Topic.create(shop.name + "_" + slot + ".Order", 4, BROKERS_TIME);
        String yaml = shop.yaml("delivery: " + mode, "position-topic: " + shop.name + "_" + slot + ".position")
                .replace("slot: " + shop.name, "slot: " + shop.name + "_" + slot)
                .replace("topic: \"" + shop.name, "topic: \"" + shop.name + "_" + slot);
        try (RelayProcess relay = RelayProcess.runWithHeap("256m", yaml)) {
            Topic.Span span = topic.span(events, LONG);
            relay.terminate();
            assertThat(relay.exitCode()).as(relay::output).isZero();
            return events / (Math.max(1, span.millis()) / 1e3);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exactly-once", "at-least-once"})
    void a_transaction_of_five_million_events_passes_through_a_heap_of_256_megabytes(String mode) {
        int events = Integer.getInteger("large.events", 5_000_000);
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), 1, BROKERS_TIME);
        try (RelayProcess relay = RelayProcess.runWithHeap("256m", shop.yaml("delivery: " + mode))) {
            relay.awaitOutput("Relaying ");
            long since = System.nanoTime();
            shop.events("Order", "i % 50", "to_json(i)", events);
            long inserted = System.nanoTime();
            Topic.Span span = topic.span(events, LONG);
            relay.terminate();
            assertThat(relay.exitCode()).as(relay::output).isZero();
            print(
                    "%s: %d events of one transaction inserted in %.0f s, sent in %.0f s, %d records in order",
                    mode, events, (inserted - since) / 1e9, span.millis() / 1e3, span.records());
            assertThat(span.records()).isEqualTo(events);
            assertThat(span.inOrder()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exactly-once", "at-least-once"})
    void the_heap_stays_bounded_with_a_broker_that_answers_nothing(String mode) throws Exception {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        String yaml = shop.yaml("delivery: " + mode, "max-bytes-in-flight: 8MiB", "wal-sender-timeout: 4s");
        try (RelayProcess relay = RelayProcess.runWithHeap("64m", yaml)) {
            relay.awaitOutput("Relaying ");
            shop.event("Order", "1", "'0'");
            topic.committed(1, LONG);
            signalBroker("STOP");
            try {
                shop.events("Order", "'1'", "to_json(repeat('x', 20000))", 10_000);
                // Longer than the server would wait for a relay that is silent.
                assertThat(relay.endsWithin(12_000)).as(relay::output).isFalse();
            } finally {
                signalBroker("CONT");
            }
            assertThat(topic.committed(10_001, LONG)).hasSize(10_001);
            assertThat(relay.output()).doesNotContain("ERROR");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"exactly-once", "at-least-once"})
    void a_relay_without_a_position_is_followed_by_a_pair_restarted_in_turns_and_nothing_is_lost(String mode) {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        // What a relay leaves behind that kept no position: a publication, and a slot with events behind it.
        shop.execute("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
        shop.query("SELECT pg_create_logical_replication_slot('" + shop.name + "', 'pgoutput')");
        int turns = 6;
        int events = 10_000;
        Semaphore permits = new Semaphore(turns * 20);
        String yaml = shop.yaml("delivery: " + mode);
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> writeInTurns(shop, events, permits, 7));
        RelayProcess active = RelayProcess.run(yaml);
        active.awaitOutput("Relaying ");
        for (int turn = 0; turn < turns; turn++) {
            RelayProcess next = RelayProcess.run(yaml);
            next.awaitOutput("Standing by.");
            active.terminate();
            assertThat(active.exitCode()).as(active::output).isZero();
            next.awaitOutput("Relaying ");
            active = next;
        }
        writer.join();
        shop.awaitConfirmed(LONG);
        Received received = new Received(events, topic.committed(events, LONG));
        active.terminate();
        assertThat(active.exitCode()).as(active::output).isZero();
        received.assertNothingLostOrReordered();
        assertThat(received.duplicates()).isZero();
    }

    private static void signalBroker(String signal) throws Exception {
        String pid = String.valueOf(Servers.BROKER.pid());
        assertThat(new ProcessBuilder("kill", "-" + signal, pid).start().waitFor())
                .isZero();
    }

    private static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static List<String> rounded(List<Double> values) {
        return values.stream()
                .map(value -> String.format(Locale.ROOT, "%.1f", value))
                .toList();
    }

    private static void print(String format, Object... values) {
        System.out.println("[guarantees] " + String.format(Locale.ROOT, format, values));
    }
}
