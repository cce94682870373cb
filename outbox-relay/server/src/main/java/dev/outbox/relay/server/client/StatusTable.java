package dev.outbox.relay.server.client;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Streams as a table, with a line below for each that there is more to say of. For one thread. */
public final class StatusTable {

    private static final List<String> HEAD =
            List.of("STREAM", "STATE", "FOR", "BEHIND", "EVENTS/S", "IN FLIGHT", "WAL RETAINED");

    private final Map<String, CatchUp> catchUps = new HashMap<>();

    /** A table; what it shows of a catch-up it has from earlier calls. */
    public StatusTable() {}

    /**
     * The table as it is now.
     *
     * @param nanos a clock for what passes between calls
     */
    public List<String> lines(List<StreamReport> reports, Instant now, long nanos) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        reports.forEach(report -> rows.add(row(report, now)));
        List<String> lines = aligned(rows);
        for (StreamReport report : reports) {
            notes(report, nanos).forEach(note -> lines.add("  " + report.name() + ": " + note));
        }
        return lines;
    }

    private static List<String> row(StreamReport report, Instant now) {
        return List.of(
                report.name(),
                report.state() + (report.isReady() ? "" : " !"),
                report.known("since")
                        .map(since -> Units.seconds((double) Math.max(
                                0, Duration.between(Instant.parse(since), now).toSeconds())))
                        .orElse("-"),
                behind(report),
                report.state().equals("RUNNING")
                        ? String.valueOf(Math.round(
                                report.decimal("traffic.eventsPerSecond").orElse(0)))
                        : "-",
                report.text("traffic.inFlightEvents"),
                retained(report));
    }

    private static String behind(StreamReport report) {
        OptionalDouble seconds = report.decimal("lag.seconds");
        OptionalLong bytes = report.number("lag.bytes");
        String time = seconds.isPresent() ? Units.seconds(seconds.getAsDouble()) : "?";
        return bytes.isPresent() ? time + ", " + Units.bytes(bytes.getAsLong()) : time;
    }

    private static String retained(StreamReport report) {
        OptionalLong retained = report.number("slot.retainedBytes");
        return retained.isEmpty() ? "?" : Units.bytes(retained.getAsLong()) + " " + report.text("slot.walStatus");
    }

    private List<String> notes(StreamReport report, long nanos) {
        List<String> notes = new ArrayList<>();
        Optional<String> bar =
                catchUps.computeIfAbsent(report.name(), name -> new CatchUp()).look(report, nanos);
        bar.ifPresent(notes::add);
        report.known("paused.at").ifPresent(at -> notes.add("paused since " + at + " by " + report.text("paused.by")));
        if (!report.isReady()) {
            report.known("why").ifPresent(notes::add);
            report.known("lastError.message").ifPresent(error -> notes.add(report.text("lastError.at") + " " + error));
        }
        return notes;
    }

    private static List<String> aligned(List<List<String>> rows) {
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    /** A stream on a line of its own, for what is no terminal. */
    public static String line(StreamReport report, Instant now) {
        return "%s %s state=%s ready=%s lag-seconds=%s lag-bytes=%s events-per-second=%s in-flight=%s retained-wal-bytes=%s wal-status=%s"
                .formatted(
                        now,
                        report.name(),
                        report.state(),
                        report.isReady(),
                        report.text("lag.seconds"),
                        report.text("lag.bytes"),
                        report.text("traffic.eventsPerSecond"),
                        report.text("traffic.inFlightEvents"),
                        report.text("slot.retainedBytes"),
                        report.text("slot.walStatus"));
    }
}
