package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.kafka.common.utils.AppInfoParser;

/** The matrix as tables, for people. */
final class Report {

    private static final List<String> HEAD = List.of(
            "fault",
            "delivery",
            "PostgreSQL",
            "rounds",
            "committed",
            "lost",
            "phantom",
            "reordered",
            "duplicated",
            "in gap",
            "recovery s",
            "longest s",
            "state",
            "");

    private final List<Row> rows;
    private final List<Row> defects;

    Report(List<Row> all) {
        rows = all.stream().filter(row -> row.of().defect() == null).toList();
        defects = all.stream().filter(row -> row.of().defect() != null).toList();
    }

    /** For a terminal. */
    String text() {
        return table(rows)
                + (defects.isEmpty() ? "" : "\nDefects, under a fault that is survived without:\n\n" + table(defects));
    }

    /** To the build's directory; and as the published matrix, if all of it was asked for. */
    void write() {
        write(Settings.output().resolve("matrix.md"), text());
        Settings.report().ifPresent(file -> write(file, published()));
    }

    private String published() {
        long committed = rows.stream()
                .mapToLong(row -> row.verdict() == null ? 0 : row.verdict().committed())
                .sum();
        long rounds = rows.stream().mapToLong(Row::rounds).sum();
        return """
                # What was done to the relay, and what came of it

                Written by `mvn verify -Pfaults-full -pl outbox-relay/faults -am -DskipTests`; `-Pfaults` runs a smaller one. Real
                processes under a steady load are hurt, healed, and judged by a checker that knows what was committed and what
                consumers of committed records saw; [how](faults/RATIONALE.md).

                %d rows, %d of them green; a fault struck %d times, among %d events. PostgreSQL %s, Kafka %s, Java %s, %d processors,
                seed %d.

                *recovery* is the time from the moment in which the fault is over until an event that is committed then has
                arrived: median and longest of the rounds. *in gap* are events that were not relayed, all of them in the range
                that the relay had reported and somebody accepted, or that the fault itself took away.

                %s
                ## The suite, tested

                Defects that exist in test code only, each under a fault above. Every row is red, as it has to be.

                %s""".formatted(
                        rows.size(),
                        rows.stream().filter(Row::isGreen).count(),
                        rounds,
                        committed,
                        rows.stream()
                                .map(row -> String.valueOf(row.of().version()))
                                .distinct()
                                .collect(Collectors.joining(", ")),
                        AppInfoParser.getVersion(),
                        Runtime.version().feature(),
                        Runtime.getRuntime().availableProcessors(),
                        Settings.seed(),
                        table(rows),
                        table(defects));
    }

    /** A Markdown table whose columns are aligned in a terminal, too. */
    private static String table(List<Row> rows) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEAD);
        rows.forEach(row -> lines.add(cells(row)));
        int[] widths = new int[HEAD.size()];
        lines.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        StringBuilder table = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            append(table, lines.get(i), widths);
            if (i == 0) {
                for (int width : widths) {
                    table.append("|").append("-".repeat(width + 2));
                }
                table.append("|\n");
            }
        }
        return table.toString();
    }

    private static void append(StringBuilder table, List<String> line, int[] widths) {
        for (int i = 0; i < widths.length; i++) {
            table.append("| ")
                    .append(line.get(i))
                    .append(" ".repeat(widths[i] - line.get(i).length() + 1));
        }
        table.append("|\n");
    }

    private static List<String> cells(Row row) {
        List<String> cells = new ArrayList<>(List.of(
                name(row.of()),
                row.of().mode().toString(),
                String.valueOf(row.of().version()),
                String.valueOf(row.rounds())));
        var verdict = row.verdict();
        if (verdict == null) {
            cells.addAll(List.of("?", "?", "?", "?", "?"));
        } else {
            cells.addAll(List.of(
                    String.valueOf(verdict.committed()),
                    String.valueOf(verdict.lost()),
                    String.valueOf(verdict.phantom()),
                    String.valueOf(verdict.reordered() + verdict.wrongAggregate()),
                    String.valueOf(verdict.duplicates())));
        }
        cells.addAll(List.of(
                String.valueOf(row.inGap()),
                seconds(row.median()),
                seconds(row.longest()),
                row.state(),
                row.isGreen() ? "green" : "RED"));
        return cells;
    }

    private static String name(Case of) {
        return (of.defect() == null ? "" : of.defect() + ": ") + of.fault().name();
    }

    private static String seconds(double seconds) {
        return Double.isNaN(seconds) ? "-" : String.format(Locale.ROOT, "%.1f", seconds);
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
