package dev.outbox.relay.server.metrics;

import dev.outbox.relay.server.status.WatchedStream;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** All metrics of the process. For any thread. Close it when it is no longer asked. */
public final class RelayMetrics implements AutoCloseable {

    private static final String OPEN_METRICS = "application/openmetrics-text";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    /** Metrics of these streams, and of the JVM. */
    public RelayMetrics(List<? extends WatchedStream> streams) {
        streams.forEach(stream -> new StreamMeters(registry, stream).register());
        registry.getPrometheusRegistry().register(new LatencyCollector(streams));
        jvm(registry);
    }

    private void jvm(MeterRegistry meters) {
        new JvmMemoryMetrics().bindTo(meters);
        collections.bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
    }

    /** The format to answer in, as a {@code Content-Type}, for one who sent this {@code Accept}. */
    public static String contentType(String accept) {
        return accept.contains(OPEN_METRICS)
                ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
                : "text/plain; version=0.0.4; charset=utf-8";
    }

    /**
     * Writes all metrics as they are now.
     *
     * @param contentType the format, as {@link #contentType} gives it
     * @throws IOException what writing fails with
     */
    public void write(OutputStream out, String contentType) throws IOException {
        registry.scrape(out, contentType);
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
