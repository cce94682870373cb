package dev.outbox.relay.server.client;

import java.io.PrintWriter;
import java.time.Instant;
import java.util.List;

/** Shows the streams again and again, where a terminal is at the same place. For one thread. */
public final class StatusView {

    private static final String NO_WRAP = "\033[?7l";
    private static final String WRAP = "\033[?7h";
    private static final String CLEAR_LINE = "\033[2K";
    private static final String CLEAR_BELOW = "\033[J";

    private final PrintWriter out;
    private final boolean terminal;
    private final StatusTable table = new StatusTable();
    private int shown;

    /** @param terminal whether it understands to be written over; otherwise each stream gets a line each time */
    public StatusView(PrintWriter out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    /**
     * Shows how they are.
     *
     * @param nanos a clock for what passes between calls
     */
    public void show(List<StreamReport> reports, Instant now, long nanos) {
        print(
                terminal
                        ? table.lines(reports, now, nanos)
                        : reports.stream()
                                .map(report -> StatusTable.line(report, now))
                                .toList());
    }

    /** Shows why nothing is known of them. */
    public void show(String sentence) {
        print(List.of(sentence));
    }

    private void print(List<String> lines) {
        if (terminal) {
            if (shown > 0) {
                out.print("\033[" + shown + "A");
            }
            out.print(NO_WRAP);
            lines.forEach(line -> out.print(CLEAR_LINE + line + "\n"));
            out.print(CLEAR_BELOW + WRAP);
            shown = lines.size();
        } else {
            lines.forEach(out::println);
        }
        out.flush();
    }
}
