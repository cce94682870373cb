package dev.outbox.relay.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import org.HdrHistogram.Histogram;

/** One side under a steady load, once. */
final class LatencyRun {

    static final String DATABASE = "steady";

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration END_LIMIT = Duration.ofSeconds(60);
    private static final int PAYLOAD_BYTES = 200;

    private final Servers servers;
    private final Side side;
    private final Duration time;
    private final String name;

    /** @param name of this run, among all of the benchmark */
    LatencyRun(Servers servers, Side side, Duration time, String name) {
        this.servers = servers;
        this.side = side;
        this.time = time;
        this.name = name;
    }

    Latency measure(Path directory) {
        String brokers = servers.broker().bootstrapServers();
        try (Slot slot = Slot.create(servers.postgres(), DATABASE, name);
                Topic topic = Topic.create(brokers, name + ".Order");
                Measured process = Measured.start(side, job(slot, topic, directory));
                Arrivals arrivals = new Arrivals(brokers, topic);
                SteadyLoad load = new SteadyLoad(servers.postgres(), DATABASE)) {
            process.await("stream", START_LIMIT, slot::isActive);
            load.commitFor(WARM_UP);
            process.requireAlive();
            return latency(process, load, arrivals, topic);
        }
    }

    private Latency latency(Measured process, SteadyLoad load, Arrivals arrivals, Topic topic) {
        double cpu = ProcessStatus.cpuSeconds(process.pid());
        double postgresCpu = PostgresCpu.seconds(servers.postgres());
        arrivals.beginToCount();
        long start = System.nanoTime();
        long transactions = load.commitFor(time);
        double seconds = (System.nanoTime() - start) / 1e9;
        process.requireAlive();
        double perMinute = 60 / seconds;
        cpu = (ProcessStatus.cpuSeconds(process.pid()) - cpu) * perMinute;
        postgresCpu = (PostgresCpu.seconds(servers.postgres()) - postgresCpu) * perMinute;
        process.await("bring all events", END_LIMIT, () -> arrivals.arrived() >= load.committed());
        Histogram micros = arrivals.micros();
        return new Latency(
                micros.getValueAtPercentile(50) / 1e3,
                micros.getValueAtPercentile(99) / 1e3,
                micros.getValueAtPercentile(99.9) / 1e3,
                load.commitMicros().getValueAtPercentile(99) / 1e3,
                transactions / seconds,
                cpu,
                postgresCpu,
                ProcessStatus.peakMemoryBytes(process.pid()),
                topic.repeated(load.committed(), side));
    }

    private Job job(Slot slot, Topic topic, Path directory) {
        return new Job(
                name,
                servers.postgres().url(DATABASE),
                servers.postgres().port(),
                DATABASE,
                slot.name(),
                slot.logEnd(),
                servers.broker().bootstrapServers(),
                topic.name(),
                Long.MAX_VALUE,
                PAYLOAD_BYTES,
                directory.resolve(name));
    }
}
