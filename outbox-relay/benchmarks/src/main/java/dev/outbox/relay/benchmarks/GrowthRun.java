package dev.outbox.relay.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The relay with one point's backlog, once: one process with some streams. */
final class GrowthRun {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final Servers servers;
    private final Backlog backlog;
    private final OutboxRelay relay;
    private final int streams;
    private final String name;

    /** @param name of this run, among all of the benchmark */
    GrowthRun(Servers servers, Backlog backlog, OutboxRelay relay, int streams, String name) {
        this.servers = servers;
        this.backlog = backlog;
        this.relay = relay;
        this.streams = streams;
        this.name = name;
    }

    Figures measure(Path directory) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            List<Slot> slots = new ArrayList<>();
            List<Topic> topics = new ArrayList<>();
            List<Job> jobs = new ArrayList<>();
            for (int stream = 0; stream < streams; stream++) {
                String own = name + "_" + stream;
                Slot slot = backlog.slot(own);
                opened.push(slot);
                Topic topic = Topic.create(servers.broker().bootstrapServers(), own + ".Order");
                opened.push(topic);
                slots.add(slot);
                topics.add(topic);
                jobs.add(Job.of(servers, backlog, slot, topic, own, directory));
            }
            Side side = relay.streams(jobs);
            Measured process = Measured.start(side, jobs.get(0));
            opened.push(process);
            process.await("begin", START_LIMIT, () -> slots.stream().anyMatch(Slot::isActive));
            return figures(process, topics, side);
        } finally {
            opened.forEach(GrowthRun::close);
        }
    }

    private Figures figures(Measured process, List<Topic> topics, Side side) {
        long began = System.nanoTime();
        double cpu = ProcessStatus.cpuSeconds(process.pid());
        double postgresCpu = PostgresCpu.seconds(servers.postgres());
        process.await("end", LIMIT, () -> topics.stream().allMatch(topic -> topic.holds(backlog.events())));
        double seconds = (System.nanoTime() - began) / 1e9;
        double events = (double) backlog.events() * streams;
        return new Figures(
                events / seconds,
                (ProcessStatus.cpuSeconds(process.pid()) - cpu) * 1e6 / events,
                (PostgresCpu.seconds(servers.postgres()) - postgresCpu) * 1e6 / events,
                ProcessStatus.peakMemoryBytes(process.pid()),
                topics.stream()
                        .mapToLong(topic -> topic.repeated(backlog.events(), side))
                        .sum());
    }

    private static void close(AutoCloseable opened) {
        try {
            opened.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
