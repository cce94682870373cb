package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.BarChart.Bar;
import dev.outbox.relay.benchmarks.GrowthPoint.Dimension;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** How cost grows, as text and as a chart, and whether anything grows faster than what it is given. */
final class GrowthReport {

    private static final List<String> COLUMNS = List.of(
            "events/s", "least–greatest", "CPU s / 1 M events", "PostgreSQL's CPU s / 1 M events", "peak RSS MB");
    private static final String COLOUR = "#2a7f62";
    private static final double MEGABYTE = 1e6;

    /** What may be chance. */
    private static final double TOLERANCE = 1.25;

    private final Map<GrowthPoint, List<Figures>> figures;

    GrowthReport(Map<GrowthPoint, List<Figures>> figures) {
        this.figures = figures;
    }

    String plain() {
        StringBuilder text = new StringBuilder();
        Arrays.stream(Dimension.values()).forEach(dimension -> Tables.plain(text.append('\n'), table(dimension)));
        text.append('\n');
        goals().forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /**
     * @param circumstances on what it was measured
     * @param chart the name of the file with the chart
     */
    String markdown(List<String> circumstances, String chart) {
        StringBuilder text = new StringBuilder("# How the relay's cost grows\n\nWritten by"
                + " `outbox-relay/benchmarks/run --growth`: the relay, at least once, with a backlog of 200 B events in"
                + " transactions of ten, where a line does not say otherwise. Each process begins cold: a second or two of its"
                + " processor time is the start's. All figures are medians.\n\n");
        circumstances.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\n![processor time for each](").append(chart).append(")\n");
        for (Dimension dimension : Dimension.values()) {
            text.append("\n## By ").append(dimension).append("\n\n");
            Tables.markdown(text, table(dimension));
        }
        text.append("\n## Goals\n\n");
        goals().forEach(line -> text.append("- ").append(line).append('\n'));
        return text.toString();
    }

    String chart() {
        BarChart chart = new BarChart();
        for (Dimension dimension : Dimension.values()) {
            chart.panel(
                    "CPU seconds for a million events, by " + dimension,
                    points(dimension).stream()
                            .map(point -> bar(point, Figures::cpuSeconds, "%.1f"))
                            .toList());
            chart.panel(
                    "Events/s, by " + dimension,
                    points(dimension).stream()
                            .map(point -> bar(point, Figures::eventsPerSecond, "%.0f"))
                            .toList());
        }
        return chart.svg();
    }

    private Bar bar(GrowthPoint point, ToDoubleFunction<Figures> figure, String format) {
        double value = median(point, figure).value();
        return new Bar(point.number(), value, String.format(Locale.ROOT, format, value), COLOUR);
    }

    private List<List<String>> table(Dimension dimension) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                Stream.concat(Stream.of(dimension.toString()), COLUMNS.stream()).toList());
        for (GrowthPoint point : points(dimension)) {
            Median events = median(point, Figures::eventsPerSecond);
            rows.add(List.of(
                    point.number(),
                    format("%,.0f", events.value()),
                    format("%,.0f–%,.0f", events.least(), events.greatest()),
                    format("%.1f", median(point, Figures::cpuSeconds).value()),
                    format("%.1f", median(point, Figures::postgresCpuSeconds).value()),
                    format("%.0f", median(point, Figures::peakMemoryBytes).value() / MEGABYTE)));
        }
        return rows;
    }

    /** From each point to the next: the cost may grow as much as what it is the cost of. */
    private List<String> goals() {
        List<String> lines = new ArrayList<>();
        for (Dimension dimension : Dimension.values()) {
            List<GrowthPoint> points = points(dimension);
            for (int next = 1; next < points.size(); next++) {
                lines.add(goal(points.get(next - 1), points.get(next)));
            }
        }
        return lines;
    }

    private String goal(GrowthPoint before, GrowthPoint point) {
        double grown = (double) point.value() / before.value();
        double cost = point.workOf(median(point, Figures::cpuSeconds).value())
                / before.workOf(median(before, Figures::cpuSeconds).value());
        double memory = median(point, Figures::peakMemoryBytes).value()
                / median(before, Figures::peakMemoryBytes).value();
        return format(
                "%s: from %s to %s %s the processor time is %.2f ×, the memory %.2f ×; at most %.0f ×, give or"
                        + " take a quarter",
                cost <= grown * TOLERANCE && memory <= grown * TOLERANCE ? "met" : "MISSED",
                before.number(),
                point.number(),
                point.dimension(),
                cost,
                memory,
                grown);
    }

    private List<GrowthPoint> points(Dimension dimension) {
        return figures.keySet().stream()
                .filter(point -> point.dimension() == dimension)
                .toList();
    }

    private Median median(GrowthPoint point, ToDoubleFunction<Figures> figure) {
        return Median.of(Objects.requireNonNull(figures.get(point)).stream().mapToDouble(figure));
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
