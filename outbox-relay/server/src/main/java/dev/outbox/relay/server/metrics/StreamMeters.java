package dev.outbox.relay.server.metrics;

import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.StreamStatus;
import dev.outbox.relay.server.status.WatchedStream;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** One stream's meters. They are read from its status; nothing is recorded here. */
final class StreamMeters {

    /** Micrometer writes a dot as an underscore. */
    private static final String PREFIX = "outbox.relay.";

    private static final List<String> WAL_STATUS =
            List.of("reserved", "extended", "unreserved", "lost", SlotStatus.NONE, SlotStatus.MISSING);

    private final MeterRegistry registry;
    private final WatchedStream stream;

    StreamMeters(MeterRegistry registry, WatchedStream stream) {
        this.registry = registry;
        this.stream = stream;
    }

    void register() {
        traffic();
        lag();
        slot();
        state();
        troubles();
    }

    private void traffic() {
        count(
                "events",
                "Events acknowledged by their topics",
                status -> status.traffic().events());
        count(
                "bytes",
                "Bytes of the keys and values of these events",
                status -> status.traffic().bytes());
        gauge(
                "in.flight.events",
                "Events sent and not acknowledged",
                status -> status.traffic().inFlightEvents());
        gauge(
                "in.flight.bytes",
                "Room taken by events that are read and not acknowledged, of max-bytes-in-flight",
                status -> status.traffic().inFlightBytes());
    }

    private void lag() {
        gauge(
                "lag.bytes",
                "Bytes of the server's log that are not known to hold nothing undelivered",
                status -> status.lag().bytes().stream()
                        .asDoubleStream()
                        .findFirst()
                        .orElse(Double.NaN));
        gauge(
                "lag.seconds",
                "Seconds since the time of which everything that committed before is known to be delivered",
                status -> status.lag().seconds().orElse(Double.NaN));
    }

    private void slot() {
        gauge(
                "retained.wal.bytes",
                "WAL that the server keeps for the slot",
                status ->
                        status.slot().map(slot -> (double) slot.retainedBytes()).orElse(Double.NaN));
        gauge(
                "safe.wal.bytes",
                "WAL that can still be written before the slot is in danger; infinite without a limit",
                status -> status.slot()
                        .map(slot -> slot.safeWalBytes().stream()
                                .asDoubleStream()
                                .findFirst()
                                .orElse(Double.POSITIVE_INFINITY))
                        .orElse(Double.NaN));
        for (String word : WAL_STATUS) {
            gauge(
                    "slot.wal.status",
                    "1 for the slot's wal_status as the server tells it, 0 for the others",
                    status -> status.slot()
                                    .filter(slot -> slot.walStatus().equals(word))
                                    .isPresent()
                            ? 1
                            : 0,
                    "status",
                    word);
        }
    }

    private void state() {
        for (StreamState state : StreamState.values()) {
            gauge(
                    "stream.state",
                    "1 for the stream's state, 0 for the others",
                    status -> status.state() == state ? 1 : 0,
                    "state",
                    state.name());
        }
        gauge(
                "stream.ready",
                "1 if the stream moves, has nothing to do or stands by, 0 otherwise",
                status -> status.health().ready() ? 1 : 0);
    }

    private void troubles() {
        count(
                "errors",
                "Failures that ended an attempt",
                status -> status.troubles().errors());
        count(
                "restarts",
                "Attempts after the first, whatever for",
                status -> status.troubles().restarts());
        count(
                "retries",
                "Records that Kafka's producer has sent again",
                status -> status.troubles().retries());
        byReason(
                "dead.letters",
                "Events sent to the dead-letter topic",
                status -> status.troubles().deadLettered());
        byReason("skipped.events", "Events skipped", status -> status.troubles().skipped());
        byReason(
                "refused.events",
                "Attempts that ended for an event",
                status -> status.troubles().refused());
    }

    private void byReason(String name, String help, Function<StreamStatus, Map<String, Long>> counts) {
        for (String reason : counts.apply(stream.status()).keySet()) {
            count(name, help, status -> counts.apply(status).getOrDefault(reason, 0L), "reason", reason);
        }
    }

    private void count(String name, String help, ToDoubleFunction<StreamStatus> value, String... tags) {
        FunctionCounter.builder(PREFIX + name, stream, watched -> value.applyAsDouble(watched.status()))
                .description(help)
                .tags(tags(tags))
                .register(registry);
    }

    private void gauge(String name, String help, ToDoubleFunction<StreamStatus> value, String... tags) {
        Gauge.builder(PREFIX + name, stream, watched -> value.applyAsDouble(watched.status()))
                .description(help)
                .tags(tags(tags))
                .strongReference(true)
                .register(registry);
    }

    private Tags tags(String... more) {
        return Tags.of("stream", stream.name()).and(more);
    }
}
