package dev.outbox.relay.benchmarks;

import dev.outbox.samples.cli.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Goes through the plan. The sides take turns, in one order and then in the opposite one, so that whatever else the machine
 * does, and whatever the one before leaves behind, meets all of them.
 */
final class Measurement implements Progress.Source {

    private final Servers servers;
    private final Plan plan;
    private final Path directory;
    private final Results results;
    private volatile int step;
    private volatile String doing = "starting";

    /** @param directory for the files and outputs of what is measured */
    Measurement(Servers servers, Plan plan, Path directory) {
        this.servers = servers;
        this.plan = plan;
        this.directory = directory;
        this.results = new Results(plan);
    }

    Results run() {
        plan.sides().forEach(this::runBacklog);
        if (plan.latencyRuns() > 0 && !plan.latencySides().isEmpty()) {
            OutboxDatabase.create(servers.postgres(), LatencyRun.DATABASE);
            for (int run = 1; run <= plan.latencyRuns(); run++) {
                for (Side side : inTurn(plan.latencySides(), run)) {
                    begin("steady load, " + side + " (" + run + "/" + plan.latencyRuns() + ")");
                    results.add(side, new LatencyRun(servers, side, plan.latencyTime(), nextName()).measure(directory));
                }
            }
        }
        doing = "done";
        step = plan.steps() + 1;
        return results;
    }

    private void runBacklog(Shape shape, List<Side> sides) {
        begin("loading " + shape);
        try (Backlog backlog = Backlog.load(
                servers.postgres(),
                shape,
                plan.events(),
                loaded -> doing = "loading " + shape + ", " + loaded + " events")) {
            for (int run = 1; run <= plan.runs(); run++) {
                for (Side side : inTurn(sides, run)) {
                    begin(shape + ", " + side + " (" + run + "/" + plan.runs() + ")");
                    results.add(shape, side, new BacklogRun(servers, backlog, side, nextName()).measure(directory));
                }
            }
        }
    }

    private static List<Side> inTurn(List<Side> sides, int run) {
        List<Side> order = new ArrayList<>(sides);
        if (run % 2 == 0) {
            Collections.reverse(order);
        }
        return order;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    private void begin(String what) {
        step++;
        doing = what;
    }

    private String nextName() {
        return "run" + step;
    }

    @Override
    public long done() {
        return Math.max(0, step - 1);
    }

    @Override
    public long total() {
        return plan.steps();
    }

    @Override
    public String more() {
        return doing;
    }
}
