package dev.outbox.relay.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/** All runs. A figure is the median of a side's runs; two sides are compared run by run, as the n-th are neighbours. */
final class Results {

    private final Map<Shape, Map<Side, List<Figures>>> backlogs = new LinkedHashMap<>();
    private final Map<Side, List<Latency>> latencies = new LinkedHashMap<>();

    /** The sides are shown in this order. */
    Results(Plan plan) {
        plan.sides().forEach((shape, sides) -> {
            Map<Side, List<Figures>> bySide = new LinkedHashMap<>();
            sides.forEach(side -> bySide.put(side, new ArrayList<>()));
            backlogs.put(shape, bySide);
        });
        plan.latencySides().forEach(side -> latencies.put(side, new ArrayList<>()));
    }

    void add(Shape shape, Side side, Figures figures) {
        runs(shape, side).add(figures);
    }

    void add(Side side, Latency latency) {
        latencies(side).add(latency);
    }

    Collection<Shape> shapes() {
        return backlogs.keySet();
    }

    Collection<Side> sides(Shape shape) {
        return Objects.requireNonNull(backlogs.get(shape)).keySet();
    }

    Collection<Side> latencySides() {
        return latencies.keySet();
    }

    boolean has(Shape shape, Side side) {
        return backlogs.containsKey(shape) && sides(shape).contains(side);
    }

    boolean hasLatency(Side side) {
        return latencies.containsKey(side);
    }

    Median of(Shape shape, Side side, ToDoubleFunction<Figures> figure) {
        return Median.of(runs(shape, side).stream().mapToDouble(figure));
    }

    Median latency(Side side, ToDoubleFunction<Latency> figure) {
        return Median.of(latencies(side).stream().mapToDouble(figure));
    }

    /** How many times as much as the other. */
    Median ratio(Shape shape, Side side, Side other, ToDoubleFunction<Figures> figure) {
        return ratio(runs(shape, side), runs(shape, other), figure);
    }

    Median latencyRatio(Side side, Side other, ToDoubleFunction<Latency> figure) {
        return ratio(latencies(side), latencies(other), figure);
    }

    private static <T> Median ratio(List<T> runs, List<T> others, ToDoubleFunction<T> figure) {
        return Median.of(IntStream.range(0, Math.min(runs.size(), others.size()))
                .mapToDouble(run -> figure.applyAsDouble(runs.get(run)) / figure.applyAsDouble(others.get(run))));
    }

    private List<Figures> runs(Shape shape, Side side) {
        return Objects.requireNonNull(
                Objects.requireNonNull(backlogs.get(shape)).get(side));
    }

    private List<Latency> latencies(Side side) {
        return Objects.requireNonNull(latencies.get(side));
    }
}
