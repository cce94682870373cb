package dev.outbox.relay.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** What the relay promises, held against the results: ratios within one run of the benchmark, as machines differ, but for milliseconds and megabytes. */
final class Goals {

    private static final String MET = "met";
    private static final String MISSED = "MISSED";

    private static final double MEGABYTE = 1e6;
    private static final double COMMIT_INTERVAL_MILLIS = 100;

    private final Results results;
    private final Sides sides;
    private final List<String> lines = new ArrayList<>();

    private Goals(Results results, Sides sides) {
        this.results = results;
        this.sides = sides;
    }

    /** One sentence for each goal that these results tell something of, which begins with whether it is met. */
    static List<String> of(Results results, Sides sides) {
        Goals goals = new Goals(results, sides);
        goals.isFasterThanDebezium(Shape.ONE_EVENT, 1.8);
        goals.isFaster(Shape.ONE_EVENT, sides.drainEager(), 2.5);
        goals.isFasterThanDebezium(Shape.THOUSAND_EVENTS, 2.4);
        goals.isFasterThanDebezium(Shape.ONE_KIB, 1.8);
        results.shapes().forEach(shape -> goals.isFaster(shape, sides.loopInGulps(), 0.9));
        goals.takesLessProcessorTime(Shape.ONE_EVENT);
        goals.takesLessProcessorTime(Shape.THOUSAND_EVENTS);
        goals.isSoon();
        goals.isSmall();
        return goals.lines;
    }

    private void isFasterThanDebezium(Shape shape, double least) {
        best(shape, Comparator.comparing(side -> -events(shape, side))).ifPresent(best -> isFaster(shape, best, least));
    }

    private void isFaster(Shape shape, Side other, double least) {
        if (has(shape, sides.relay(), other)) {
            Median ratio = results.ratio(shape, sides.relay(), other, Figures::eventsPerSecond);
            atLeast(ratio, least, "events/s of '%s' with %s".formatted(other, shape));
        }
    }

    private void takesLessProcessorTime(Shape shape) {
        ToDoubleFunction<Figures> cpu = Figures::cpuSeconds;
        best(shape, Comparator.comparing(side -> results.of(shape, side, cpu).value()))
                .ifPresent(best -> atMost(
                        results.ratio(shape, sides.relay(), best, cpu),
                        0.25,
                        "processor time of '%s' with %s".formatted(best, shape)));
        if (has(shape, sides.relay(), sides.relayExactlyOnce())) {
            atMost(
                    results.ratio(shape, sides.relayExactlyOnce(), sides.relay(), cpu),
                    1.25,
                    "processor time of '%s', by '%s', with %s"
                            .formatted(sides.relay(), sides.relayExactlyOnce(), shape));
        }
    }

    private void isSoon() {
        if (results.hasLatency(sides.relay())) {
            isWithin(
                    results.latency(sides.relay(), Latency::p50Millis),
                    0.6,
                    "ms from commit to consumer (p50) under a steady load");
            isWithin(
                    results.latency(sides.relay(), Latency::p99Millis),
                    2,
                    "ms from commit to consumer (p99) under a steady load");
            sides.debeziumSteady().stream()
                    .filter(results::hasLatency)
                    .min(Comparator.comparing(
                            side -> results.latency(side, Latency::p50Millis).value()))
                    .ifPresent(this::isSooner);
        }
        if (results.hasLatency(sides.relayExactlyOnce())) {
            isWithin(
                    results.latency(sides.relayExactlyOnce(), Latency::p99Millis),
                    COMMIT_INTERVAL_MILLIS + 20,
                    "ms from commit to consumer (p99) under a steady load, exactly once");
        }
    }

    private void isSooner(Side best) {
        atMost(results.latencyRatio(sides.relay(), best, Latency::p50Millis), 0.6, "latency (p50) of '" + best + "'");
        atMost(results.latencyRatio(sides.relay(), best, Latency::p99Millis), 0.6, "latency (p99) of '" + best + "'");
        atMost(
                results.latencyRatio(sides.relay(), best, Latency::cpuSeconds),
                0.25,
                "processor time of '" + best + "' under a steady load");
    }

    private void isSmall() {
        for (Shape shape : results.shapes()) {
            for (Side relay : List.of(sides.relay(), sides.relayExactlyOnce())) {
                if (!results.has(shape, relay)) {
                    continue;
                }
                Median megabytes = results.of(shape, relay, figures -> figures.peakMemoryBytes() / MEGABYTE);
                isWithin(megabytes, 200, "MB of memory at most for '%s' with %s".formatted(relay, shape));
                best(shape, Comparator.comparing(side -> memory(shape, side)))
                        .ifPresent(best -> atMost(
                                results.ratio(shape, relay, best, Figures::peakMemoryBytes),
                                0.4,
                                "memory of '%s', by '%s', with %s".formatted(best, relay, shape)));
            }
        }
    }

    private Optional<Side> best(Shape shape, Comparator<Side> order) {
        return sides.debezium().stream()
                .filter(side -> has(shape, sides.relay(), side))
                .min(order);
    }

    private double events(Shape shape, Side side) {
        return results.of(shape, side, Figures::eventsPerSecond).value();
    }

    private double memory(Shape shape, Side side) {
        return results.of(shape, side, Figures::peakMemoryBytes).value();
    }

    private boolean has(Shape shape, Side one, Side other) {
        return results.has(shape, one) && results.has(shape, other);
    }

    private void atLeast(Median ratio, double least, String what) {
        add(ratio.value() >= least, "%s × the %s; at least %.2f", text(ratio, 2), what, least);
    }

    private void atMost(Median ratio, double most, String what) {
        add(ratio.value() <= most, "%s × the %s; at most %.2f", text(ratio, 2), what, most);
    }

    private void isWithin(Median found, double most, String what) {
        add(found.value() <= most, "%s %s; at most %.1f", text(found, 1), what, most);
    }

    private static String text(Median found, int digits) {
        String number = "%." + digits + "f";
        return String.format(
                Locale.ROOT,
                number + " (" + number + "–" + number + ")",
                found.value(),
                found.least(),
                found.greatest());
    }

    private void add(boolean met, String format, Object... arguments) {
        lines.add((met ? MET : MISSED) + ": " + String.format(Locale.ROOT, format, arguments));
    }
}
