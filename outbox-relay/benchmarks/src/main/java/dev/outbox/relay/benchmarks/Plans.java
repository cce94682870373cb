package dev.outbox.relay.benchmarks;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The plans that there are. */
final class Plans {

    private static final Duration MINUTE = Duration.ofSeconds(60);

    private Plans() {}

    static Plan full(Sides sides) {
        Map<Shape, List<Side>> backlogs = new LinkedHashMap<>();
        backlogs.put(Shape.ONE_EVENT, sides.all());
        backlogs.put(Shape.THOUSAND_EVENTS, sides.all());
        backlogs.put(Shape.ONE_KIB, sides.large());
        return new Plan(1_000_000, 3, backlogs, 3, MINUTE, sides.steady());
    }

    static Plan quick(Sides sides) {
        Map<Shape, List<Side>> backlogs = new LinkedHashMap<>();
        backlogs.put(Shape.ONE_EVENT, sides.few());
        backlogs.put(Shape.THOUSAND_EVENTS, sides.few());
        backlogs.put(Shape.ONE_KIB, sides.large());
        return new Plan(100_000, 1, backlogs, 1, Duration.ofSeconds(20), sides.fewSteady());
    }

    /** Beside the relay as it is, with the backlogs: what it wastes is little under a steady load. */
    static Plan with(Plan plan, Side relay, Side slowed) {
        return mapped(
                plan,
                sides -> sides.stream()
                        .flatMap(side -> side.equals(relay) ? Stream.of(side, slowed) : Stream.of(side))
                        .toList(),
                plan.latencySides());
    }

    /** Only those in whose names the pattern is found. */
    static Plan only(Plan plan, Pattern pattern) {
        UnaryOperator<List<Side>> selection = sides -> sides.stream()
                .filter(side -> pattern.matcher(side.name()).find())
                .toList();
        return mapped(plan, selection, selection.apply(plan.latencySides()));
    }

    private static Plan mapped(Plan plan, UnaryOperator<List<Side>> change, List<Side> latencySides) {
        Map<Shape, List<Side>> backlogs = new LinkedHashMap<>();
        plan.sides().forEach((shape, sides) -> {
            List<Side> changed = change.apply(sides);
            if (!changed.isEmpty()) {
                backlogs.put(shape, changed);
            }
        });
        return new Plan(plan.events(), plan.runs(), backlogs, plan.latencyRuns(), plan.latencyTime(), latencySides);
    }
}
