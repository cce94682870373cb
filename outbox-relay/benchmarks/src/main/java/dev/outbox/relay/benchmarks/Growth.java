package dev.outbox.relay.benchmarks;

import dev.outbox.samples.cli.Progress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Measures how the relay's cost grows with what it is given. */
final class Growth implements Progress.Source {

    private final Servers servers;
    private final OutboxRelay relay;
    private final List<GrowthPoint> points;
    private final int runs;
    private final Path directory;
    private volatile int run;
    private volatile String doing = "starting";

    /** @param directory for the relay's files and outputs */
    Growth(Servers servers, OutboxRelay relay, List<GrowthPoint> points, int runs, Path directory) {
        this.servers = servers;
        this.relay = relay;
        this.points = points;
        this.runs = runs;
        this.directory = directory;
    }

    /** All runs of each point, in the points' order. */
    Map<GrowthPoint, List<Figures>> measure() {
        Map<GrowthPoint, List<Figures>> figures = new LinkedHashMap<>();
        points.forEach(point -> figures.put(point, measure(point)));
        return figures;
    }

    private List<Figures> measure(GrowthPoint point) {
        doing = "loading " + point;
        try (Backlog backlog = Backlog.load(servers.postgres(), point.shape(), point.events(), loaded -> {})) {
            doing = point.toString();
            return Stream.generate(() -> next(point, backlog)).limit(runs).toList();
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    private Figures next(GrowthPoint point, Backlog backlog) {
        run++;
        return new GrowthRun(servers, backlog, relay, point.streams(), "grow" + run).measure(directory);
    }

    @Override
    public long done() {
        return Math.max(0, run - 1);
    }

    @Override
    public long total() {
        return (long) points.size() * runs;
    }

    @Override
    public String more() {
        return doing;
    }
}
