package dev.outbox.relay.benchmarks;

import java.util.List;
import java.util.Locale;

/** Panels of bars, as an SVG. Not thread safe. */
final class BarChart {

    private static final int WIDTH = 920;
    private static final int NAMES = 290;
    private static final int VALUES = 70;
    private static final int BAR = 16;
    private static final int LINE = 22;
    private static final int TITLE = 44;
    private static final String TEXT = "<text x=\"%d\" y=\"%d\"%s>%s</text>%n";

    private final StringBuilder body = new StringBuilder();
    private int y = 8;

    /**
     * A bar of a panel.
     *
     * @param text its value in words, beside it
     */
    record Bar(String name, double value, String text, String colour) {}

    /** Adds a panel; none if it has no bars. */
    void panel(String title, List<Bar> bars) {
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

    String svg() {
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
