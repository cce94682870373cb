package dev.outbox.relay.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The results as text: for a terminal, and as Markdown. */
final class Report {

    private static final List<String> BACKLOG_COLUMNS = List.of(
            "", "events/s", "least–greatest", "CPU s / 1 M events", "PostgreSQL's CPU s / 1 M events", "peak RSS MB");

    private static final List<String> LATENCY_COLUMNS = List.of(
            "",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "commit alone p99 ms",
            "transactions/s",
            "CPU s / min",
            "PostgreSQL's CPU s / min",
            "peak RSS MB");

    private static final double MEGABYTE = 1e6;

    /** Below it is the shell's that waits for a program. */
    private static final double LEAST_OF_A_JVM = 10;

    private static final double LEAST_OF_LOAD = 0.98;

    private final Results results;
    private final List<String> goals;

    Report(Results results, List<String> goals) {
        this.results = results;
        this.goals = goals;
    }

    String plain() {
        StringBuilder text = new StringBuilder();
        for (Shape shape : results.shapes()) {
            text.append('\n').append(shape).append('\n');
            Tables.plain(text, backlog(shape));
            text.append(repeated(shape));
        }
        if (!results.latencySides().isEmpty()) {
            text.append('\n').append(steadyTitle()).append('\n');
            Tables.plain(text, latencies());
            text.append(loadNotKept());
            results.latencySides()
                    .forEach(side -> text.append(repeated(
                            side, results.latency(side, Latency::repeated).greatest())));
        }
        text.append('\n');
        goals.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    /**
     * @param circumstances on what it was measured
     * @param chart the name of the file with the chart
     */
    String markdown(List<String> circumstances, String chart) {
        StringBuilder text = new StringBuilder("# How fast, how cheap and how soon the relay is\n\n");
        text.append("Written by `outbox-relay/benchmarks/run`; RATIONALE.md beside it says what is measured and why so."
                + " All figures are medians.\n\n");
        circumstances.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\n![events per second, processor time and latency](")
                .append(chart)
                .append(")\n");
        for (Shape shape : results.shapes()) {
            text.append("\n## A backlog of ").append(shape).append("\n\n");
            Tables.markdown(text, backlog(shape));
            text.append(repeated(shape));
        }
        if (!results.latencySides().isEmpty()) {
            text.append("\n## ").append(steadyTitle()).append("\n\n");
            Tables.markdown(text, latencies());
            text.append(loadNotKept());
            results.latencySides()
                    .forEach(side -> text.append(repeated(
                            side, results.latency(side, Latency::repeated).greatest())));
        }
        text.append("\n## Goals\n\n");
        goals.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\n## What each was started with\n\n");
        allSides()
                .forEach(side -> text.append("- **")
                        .append(side)
                        .append("**: ")
                        .append(side.settings())
                        .append('\n'));
        return text.toString();
    }

    /** What is sent twice is not what was to be measured, though it is no reason to throw an hour away. */
    private String repeated(Shape shape) {
        return results.sides(shape).stream()
                .map(side -> repeated(
                        side, results.of(shape, side, Figures::repeated).greatest()))
                .collect(Collectors.joining());
    }

    private static String repeated(Side side, double records) {
        return records == 0
                ? ""
                : format("%nIn one of its runs '%s' sent %.0f records again, or more.%n", side, records);
    }

    /** A latency of a load that was not there would be no latency. */
    private String loadNotKept() {
        double least = results.latencySides().stream()
                .mapToDouble(side ->
                        results.latency(side, Latency::transactionsPerSecond).value())
                .min()
                .orElse(SteadyLoad.PER_SECOND);
        return least >= LEAST_OF_LOAD * SteadyLoad.PER_SECOND
                ? ""
                : format(
                        "%nExpected %d transactions/s, found as few as %.0f: the machine did not keep up, and these"
                                + " latencies say little. Measure on one that does nothing else.%n",
                        SteadyLoad.PER_SECOND, least);
    }

    private static String steadyTitle() {
        return "From commit to consumer, at " + SteadyLoad.PER_SECOND + " one-event transactions a second";
    }

    private Set<Side> allSides() {
        Set<Side> all = new LinkedHashSet<>();
        results.shapes().forEach(shape -> all.addAll(results.sides(shape)));
        all.addAll(results.latencySides());
        return all;
    }

    private List<List<String>> backlog(Shape shape) {
        List<List<String>> rows = new ArrayList<>(List.of(BACKLOG_COLUMNS));
        for (Side side : results.sides(shape)) {
            Median events = results.of(shape, side, Figures::eventsPerSecond);
            double memory = results.of(shape, side, Figures::peakMemoryBytes).value() / MEGABYTE;
            rows.add(List.of(
                    side.name(),
                    thousands(events.value()),
                    thousands(events.least()) + "–" + thousands(events.greatest()),
                    format("%.1f", results.of(shape, side, Figures::cpuSeconds).value()),
                    format(
                            "%.1f",
                            results.of(shape, side, Figures::postgresCpuSeconds).value()),
                    memory < LEAST_OF_A_JVM ? "" : format("%.0f", memory)));
        }
        return rows;
    }

    private List<List<String>> latencies() {
        List<List<String>> rows = new ArrayList<>(List.of(LATENCY_COLUMNS));
        for (Side side : results.latencySides()) {
            double memory = results.latency(side, Latency::peakMemoryBytes).value() / MEGABYTE;
            rows.add(List.of(
                    side.name(),
                    format("%.2f", results.latency(side, Latency::p50Millis).value()),
                    format("%.2f", results.latency(side, Latency::p99Millis).value()),
                    format("%.2f", results.latency(side, Latency::p999Millis).value()),
                    format(
                            "%.2f",
                            results.latency(side, Latency::commitP99Millis).value()),
                    format(
                            "%.0f",
                            results.latency(side, Latency::transactionsPerSecond)
                                    .value()),
                    format("%.1f", results.latency(side, Latency::cpuSeconds).value()),
                    format(
                            "%.1f",
                            results.latency(side, Latency::postgresCpuSeconds).value()),
                    format("%.0f", memory)));
        }
        return rows;
    }

    private static String thousands(double value) {
        return format("%.0fk", value / 1e3);
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
