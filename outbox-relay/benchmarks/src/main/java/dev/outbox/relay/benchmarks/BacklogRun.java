package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.Signs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** One side with one backlog, once. */
final class BacklogRun {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Servers servers;
    private final Backlog backlog;
    private final Side side;
    private final String name;

    /** @param name of this run, among all of the benchmark */
    BacklogRun(Servers servers, Backlog backlog, Side side, String name) {
        this.servers = servers;
        this.backlog = backlog;
        this.side = side;
        this.name = name;
    }

    Figures measure(Path directory) {
        try (Slot slot = backlog.slot(name);
                Topic topic = Topic.create(servers.broker().bootstrapServers(), name + ".Order");
                Measured process = Measured.start(side, job(slot, topic, directory))) {
            return figures(process, slot, topic);
        }
    }

    private Job job(Slot slot, Topic topic, Path directory) {
        return Job.of(servers, backlog, slot, topic, name, directory);
    }

    private Figures figures(Measured process, Slot slot, Topic topic) {
        process.await("begin", START_LIMIT, hasBegun(process, slot));
        long began = System.nanoTime();
        double cpu = ProcessStatus.cpuSeconds(process.pid());
        double postgresCpu = PostgresCpu.seconds(servers.postgres());
        process.await("end", LIMIT, hasEnded(process, topic));
        double seconds = (System.nanoTime() - began) / 1e9;
        double perMillion = 1e6 / backlog.events();
        return new Figures(
                backlog.events() / seconds,
                (ProcessStatus.cpuSeconds(process.pid()) - cpu) * perMillion,
                (PostgresCpu.seconds(servers.postgres()) - postgresCpu) * perMillion,
                ProcessStatus.peakMemoryBytes(process.pid()),
                side.kind() == Side.Kind.DRAIN ? 0 : topic.repeated(backlog.events(), side));
    }

    private BooleanSupplier hasBegun(Measured process, Slot slot) {
        return side.kind() == Side.Kind.PRODUCER ? () -> process.says(Signs.BEGAN) : slot::isActive;
    }

    private BooleanSupplier hasEnded(Measured process, Topic topic) {
        return side.kind() == Side.Kind.DRAIN ? () -> process.says(Signs.DONE) : () -> topic.holds(backlog.events());
    }
}
