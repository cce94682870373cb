package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.BarChart.Bar;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** The results as a chart: a panel for each figure that a reader would ask for first. */
final class ResultsChart {

    private ResultsChart() {}

    static String of(Results results) {
        BarChart chart = new BarChart();
        for (Shape shape : results.shapes()) {
            chart.panel(
                    "Events/s, " + shape,
                    bars(
                            results.sides(shape),
                            "%.0f",
                            side -> results.of(shape, side, Figures::eventsPerSecond)
                                    .value()));
        }
        for (Shape shape : results.shapes()) {
            chart.panel(
                    "CPU seconds of the process for a million events, " + shape,
                    bars(
                            results.sides(shape),
                            "%.1f",
                            side -> results.of(shape, side, Figures::cpuSeconds).value()));
        }
        chart.panel(
                "Milliseconds from commit to consumer (p99) at " + SteadyLoad.PER_SECOND + " transactions/s",
                bars(
                        results.latencySides(),
                        "%.1f",
                        side -> results.latency(side, Latency::p99Millis).value()));
        return chart.svg();
    }

    private static List<Bar> bars(Collection<Side> sides, String format, ToDoubleFunction<Side> figure) {
        List<Bar> bars = new ArrayList<>();
        for (Side side : sides) {
            double value = figure.applyAsDouble(side);
            bars.add(new Bar(side.name(), value, String.format(Locale.ROOT, format, value), colour(side)));
        }
        return bars;
    }

    private static String colour(Side side) {
        if (side.name().startsWith("Outbox")) {
            return "#2a7f62";
        }
        return side.isDebezium() ? "#c8553d" : "#9aa5b1";
    }
}
