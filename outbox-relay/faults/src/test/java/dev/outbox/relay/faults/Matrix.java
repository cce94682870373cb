package dev.outbox.relay.faults;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs cases in lanes side by side; a version's cases one version after the other. The rows are there as they come, in the
 * order of the cases.
 */
final class Matrix {

    private final Map<Case, CompletableFuture<Row>> rows = new LinkedHashMap<>();
    private final Queue<Case> waiting;
    private final RelayJvm jvm = new RelayJvm(Settings.output());
    private final AtomicBoolean archiving = new AtomicBoolean();
    private final AtomicInteger done = new AtomicInteger();
    private final List<Thread> lanes = new ArrayList<>();

    private Matrix(Collection<Case> cases) {
        cases.forEach(one -> rows.put(one, new CompletableFuture<>()));
        waiting = new ConcurrentLinkedQueue<>(cases);
    }

    /** The cases of some faults, as selected. */
    static List<Case> cases(List<Fault> faults) {
        List<Case> cases = new ArrayList<>();
        for (int version : Settings.versions()) {
            for (Fault fault : faults) {
                for (Mode mode : Mode.values()) {
                    Case one = new Case(fault, mode, version);
                    if (fault.runsOn(version) && Settings.selects(one)) {
                        cases.add(one);
                    }
                }
            }
        }
        return cases;
    }

    static Matrix start(Collection<Case> cases) {
        Matrix matrix = new Matrix(cases);
        for (int lane = 0; lane < Math.min(Settings.lanes(), cases.size()); lane++) {
            String name = "lane" + lane;
            matrix.lanes.add(Threads.start(name, () -> matrix.runLane(name)));
        }
        return matrix;
    }

    Row row(Case of) {
        return rows.get(of).join();
    }

    /** Those there are by now. */
    List<Row> rows() {
        return rows.values().stream()
                .filter(row -> row.isDone() && !row.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();
    }

    private void runLane(String name) {
        @Nullable Lane lane = null;
        int version = 0;
        int count = 0;
        for (Case next = waiting.poll(); next != null; next = waiting.poll()) {
            try {
                if (lane == null || version != next.version()) {
                    if (lane != null) {
                        lane.close();
                    }
                    version = next.version();
                    lane = new Lane(version);
                    if (archiving.compareAndSet(false, true)) {
                        archive(lane, version);
                    }
                }
                Row row = run(next, name + "_" + ++count, lane);
                System.out.printf("[%3d/%d] %s%n", done.incrementAndGet(), rows.size(), row.line());
                row.failures().forEach(failure -> System.out.println("          " + failure));
                rows.get(next).complete(row);
            } catch (Exception | Error e) {
                rows.get(next).completeExceptionally(e);
            }
        }
        if (lane != null) {
            lane.close();
        }
    }

    /** The first lane lets a relay write its classes down; the others begin without. */
    private void archive(Lane lane, int version) throws Exception {
        Case of = new Case(Fault.named("none").build(), Mode.EXACTLY_ONCE, version);
        try (Target target = new Target(of, "archive", lane, jvm)) {
            RelayProcess relay = target.launch(jvm.archiving());
            relay.awaitSaying(0, "Relaying ");
            Event event = target.load().marker();
            target.await("the first event", () -> target.reader().has(event.id()));
            relay.terminate();
            jvm.archived();
        }
        lane.drop("archive");
    }

    private Row run(Case of, String name, Lane lane) throws Exception {
        Row row;
        try (Target target = new Target(of, name, lane, jvm)) {
            row = new CaseRun(target).run();
        }
        if (row.isGreen() && !of.fault().destroysServers()) {
            lane.drop(name);
        } else {
            lane.renew();
        }
        return row;
    }

    /** Waits until the lanes have put everything away. */
    void close() {
        for (Thread lane : lanes) {
            try {
                lane.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
