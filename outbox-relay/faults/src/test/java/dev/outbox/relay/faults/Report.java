package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The matrix as a table, for people. */
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

    private Report() {}

    /** A Markdown table whose columns are aligned in a terminal, too. */
    static String table(List<Row> rows) {
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
                row.of().fault().name(),
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

    private static String seconds(double seconds) {
        return Double.isNaN(seconds) ? "-" : String.format(Locale.ROOT, "%.1f", seconds);
    }

    static void write(Path file, String text) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
