package dev.outbox.relay.server.metrics;

import dev.outbox.relay.server.status.Latency;
import dev.outbox.relay.server.status.WatchedStream;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.stream.DoubleStream;

/** The streams' latencies as one histogram. Micrometer has none that is filled elsewhere, and its own is dear. */
final class LatencyCollector implements Collector {

    private static final double[] BOUNDS_SECONDS = DoubleStream.concat(
                    Latency.boundsMillis().mapToDouble(millis -> millis / 1000.0),
                    DoubleStream.of(Double.POSITIVE_INFINITY))
            .toArray();

    private final List<? extends WatchedStream> streams;

    LatencyCollector(List<? extends WatchedStream> streams) {
        this.streams = streams;
    }

    @Override
    public MetricSnapshot collect() {
        HistogramSnapshot.Builder histogram = HistogramSnapshot.builder()
                .name("outbox_relay_commit_to_ack_seconds")
                .help("Time from the commit of an event's transaction to the event's acknowledgement");
        streams.forEach(stream -> histogram.dataPoint(dataPoint(stream)));
        return histogram.build();
    }

    private static HistogramDataPointSnapshot dataPoint(WatchedStream stream) {
        Latency.Snapshot latency = stream.status().traffic().latency();
        long[] counts = latency.counts().stream().mapToLong(Long::longValue).toArray();
        return HistogramDataPointSnapshot.builder()
                .labels(Labels.of("stream", stream.name()))
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS_SECONDS, counts))
                .sum(latency.totalMillis() / 1000.0)
                .build();
    }
}
