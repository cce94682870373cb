package dev.outbox.relay.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The results as an SVG: a panel of bars for each figure that a reader would ask for first. */
final class Chart {

    private static final int WIDTH = 860;
    private static final int NAMES = 230;
    private static final int VALUES = 70;
    private static final int BAR = 16;
    private static final int LINE = 22;
    private static final int TITLE = 44;
    private static final String TEXT = "<text x=\"%d\" y=\"%d\"%s>%s</text>%n";

    private final StringBuilder body = new StringBuilder();
    private int y = 8;

    private Chart() {}

    /** A bar of a panel. */
    private record Bar(String name, double value, String text, String colour) {}

    static String of(Results results) {
        Chart chart = new Chart();
        for (Shape shape : results.shapes()) {
            chart.panel(
                    "Events/s, " + shape,
                    bars(
                            results.sides(shape),
                            side -> results.of(shape, side, Figures::eventsPerSecond)
                                    .value(),
                            value -> format("%.0fk", value / 1e3)));
        }
        for (Shape shape : results.shapes()) {
            chart.panel(
                    "CPU seconds of the process for a million events, " + shape,
                    bars(
                            results.sides(shape),
                            side -> results.of(shape, side, Figures::cpuSeconds).value(),
                            value -> format("%.1f", value)));
        }
        chart.panel(
                "Milliseconds from commit to consumer (p99) at " + SteadyLoad.PER_SECOND + " transactions/s",
                bars(
                        results.latencySides(),
                        side -> results.latency(side, Latency::p99Millis).value(),
                        value -> format("%.1f", value)));
        return chart.svg();
    }

    private static List<Bar> bars(Iterable<Side> sides, Function<Side, Double> value, Function<Double, String> text) {
        List<Bar> bars = new ArrayList<>();
        for (Side side : sides) {
            double found = value.apply(side);
            bars.add(new Bar(side.name(), found, text.apply(found), colour(side)));
        }
        return bars;
    }

    private static String colour(Side side) {
        if (side.name().startsWith("Outbox")) {
            return "#2a7f62";
        }
        return side.name().startsWith("Debezium") ? "#c8553d" : "#9aa5b1";
    }

    private void panel(String title, List<Bar> bars) {
        if (bars.isEmpty()) {
            return;
        }
        double most = bars.stream().mapToDouble(Bar::value).max().orElse(1);
        text(12, y + 26, " font-weight=\"bold\"", title);
        y += TITLE;
        for (Bar bar : bars) {
            int length = (int) Math.max(1, Math.round((WIDTH - NAMES - VALUES) * bar.value() / most));
            text(NAMES - 8, y + 13, " text-anchor=\"end\"", bar.name());
            body.append(format(
                    "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>%n",
                    NAMES, y, length, BAR, bar.colour()));
            text(NAMES + length + 6, y + 13, "", bar.text());
            y += LINE;
        }
    }

    private void text(int x, int baseline, String attributes, String text) {
        body.append(
                format(TEXT, x, baseline, attributes, text.replace("&", "&amp;").replace("<", "&lt;")));
    }

    private String svg() {
        int height = y + 12;
        return format("""
                <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" \
                font-family="sans-serif" font-size="13">
                <rect width="100%%" height="100%%" fill="white"/>
                %3$s</svg>
                """, WIDTH, height, body);
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
