package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.server.metrics.RelayMetrics;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.WatchedStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The figures of real streams, as Prometheus gets to see them. */
class MetricsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test
    void what_is_relayed_is_counted_and_timed() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml("partitions: 1"));
                RelayMetrics metrics = new RelayMetrics(List.of(stream.managed()))) {
            StreamTest.awaitRelaying(stream);
            shop.events("Order", "'ab'", "'\"12345678\"'", 100);
            new Topic(shop.topic("Order")).records(100);
            shop.awaitConfirmed(LIMIT);
            await().atMost(LIMIT).until(() -> scrape(metrics).value(series(shop, "events_total")) == 100);

            Metrics scrape = scrape(metrics);
            assertThat(scrape.value(series(shop, "bytes_total"))).isEqualTo(100 * (2 + 10));
            assertThat(scrape.value(series(shop, "in_flight_events"))).isZero();
            assertThat(scrape.value(series(shop, "in_flight_bytes"))).isZero();
            assertThat(scrape.value(series(shop, "commit_to_ack_seconds_count")))
                    .isEqualTo(100);
            assertThat(scrape.value(series(shop, "commit_to_ack_seconds_sum"))).isBetween(0.0, 100 * 60.0);
            assertThat(scrape.value(
                            "outbox_relay_commit_to_ack_seconds_bucket{stream=\"" + shop.name + "\",le=\"60.0\"}"))
                    .isEqualTo(100);
            assertThat(scrape.value("outbox_relay_stream_state{state=\"RUNNING\",stream=\"" + shop.name + "\"}"))
                    .isEqualTo(1);
            assertThat(scrape.value("outbox_relay_stream_state{state=\"FAILED\",stream=\"" + shop.name + "\"}"))
                    .isZero();
            assertThat(scrape.value(series(shop, "stream_ready"))).isEqualTo(1);
            assertThat(scrape.value(series(shop, "errors_total"))).isZero();
            assertThat(scrape.value(series(shop, "restarts_total"))).isZero();
            assertThat(scrape.value(series(shop, "retries_total"))).isZero();
        }
    }

    @Test
    void the_slot_is_watched_while_the_stream_runs() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml());
                RelayMetrics metrics = new RelayMetrics(List.of(stream.managed()))) {
            StreamTest.awaitRelaying(stream);
            await().atMost(LIMIT)
                    .until(() -> scrape(metrics)
                                    .value("outbox_relay_slot_wal_status{status=\"reserved\",stream=\"" + shop.name
                                            + "\"}")
                            == 1);
            assertThat(scrape(metrics).value(series(shop, "retained_wal_bytes")))
                    .isPositive();
            assertThat(scrape(metrics).value(series(shop, "safe_wal_bytes"))).isInfinite();
            await().atMost(LIMIT).until(() -> scrape(metrics).value(series(shop, "lag_bytes")) == 0);
            await().atMost(LIMIT).until(() -> scrape(metrics).value(series(shop, "lag_seconds")) == 0);
        }
    }

    @Test
    void a_stream_that_has_failed_goes_on_telling_what_its_slot_retains() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml());
                RelayMetrics metrics = new RelayMetrics(List.of(stream.managed()))) {
            StreamTest.awaitRelaying(stream);
            shop.event("Order", "1", "'1'");
            shop.awaitConfirmed(LIMIT);
            shop.execute("ALTER TABLE outbox RENAME TO hidden");
            shop.query("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                    + shop.name + "'");
            await().atMost(LIMIT).until(() -> stream.state() == StreamState.FAILED);
            shop.execute("CREATE TABLE filler AS SELECT repeat('x', 1000) FROM generate_series(1, 3000)");

            await().atMost(LIMIT).until(() -> scrape(metrics).value(series(shop, "lag_bytes")) > 3_000_000);
            Metrics scrape = scrape(metrics);
            assertThat(scrape.value(series(shop, "retained_wal_bytes"))).isGreaterThan(3_000_000);
            assertThat(scrape.value(series(shop, "lag_seconds"))).isPositive();
            assertThat(scrape.value(series(shop, "stream_ready"))).isZero();
            assertThat(scrape.value(series(shop, "errors_total"))).isPositive();
            assertThat(scrape.value(series(shop, "restarts_total"))).isPositive();
        }
    }

    @Test
    void dead_letters_are_counted_by_reason() {
        Shop shop = Shop.withOutbox();
        try (RunningStream stream = new RunningStream(shop.yaml("on-record-error: dead-letter"));
                RelayMetrics metrics = new RelayMetrics(List.of(stream.managed()))) {
            StreamTest.awaitRelaying(stream);
            shop.event("no topic for this", "1", "'1'");

            await().atMost(LIMIT)
                    .until(() -> scrape(metrics)
                                    .value("outbox_relay_dead_letters_total{reason=\"row\",stream=\"" + shop.name
                                            + "\"}")
                            == 1);
            assertThat(scrape(metrics)
                            .value("outbox_relay_skipped_events_total{reason=\"row\",stream=\"" + shop.name + "\"}"))
                    .isZero();
            assertThat(scrape(metrics).value(series(shop, "events_total"))).isZero();
        }
    }

    @Test
    void the_jvm_is_watched_as_well() {
        try (RelayMetrics metrics = new RelayMetrics(List.<WatchedStream>of())) {
            assertThat(scrape(metrics).names())
                    .contains("jvm_memory_used_bytes", "process_cpu_usage", "process_uptime_seconds");
        }
    }

    private static String series(Shop shop, String name) {
        return "outbox_relay_" + name + "{stream=\"" + shop.name + "\"}";
    }

    private static Metrics scrape(RelayMetrics metrics) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            metrics.write(bytes, RelayMetrics.contentType(""));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Metrics(bytes.toString(StandardCharsets.UTF_8));
    }
}
