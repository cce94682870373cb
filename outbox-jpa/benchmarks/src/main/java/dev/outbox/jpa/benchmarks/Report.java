package dev.outbox.jpa.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The results as text: for a terminal, and as Markdown. */
final class Report {

    private static final List<String> COLUMNS = List.of(
            "",
            "transaction µs",
            "× reference (95 %)",
            "above no events µs",
            "processor µs",
            "allocated KB",
            "statements",
            "round trips",
            "afterwards");

    private Report() {}

    static String plain(Results results) {
        StringBuilder text = new StringBuilder();
        for (Setting setting : Plan.SETTINGS) {
            text.append('\n').append(title(results, setting)).append('\n');
            List<List<String>> table = table(results, setting);
            for (List<String> row : table) {
                StringBuilder line = new StringBuilder();
                for (int column = 0; column < row.size(); column++) {
                    int width = width(table, column);
                    line.append(("%" + (column == 0 ? "-" : "") + width + "s  ").formatted(row.get(column)));
                }
                text.append("  ").append(line.toString().stripTrailing()).append('\n');
            }
        }
        text.append('\n');
        Goals.of(results).forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    static String markdown(Results results, List<String> circumstances) {
        StringBuilder text = new StringBuilder("# What events cost a business transaction\n\n");
        text.append(
                "Written by `outbox-jpa/benchmarks/run`; RATIONALE.md beside it says what is measured and why so.\n\n");
        circumstances.forEach(line -> text.append("- ").append(line).append('\n'));
        text.append("\n## In short\n\n")
                .append(
                        "A transaction's time as a multiple of that with a raw JDBC batch; with 0 events, of Hibernate alone.\n\n");
        append(text, summary(results));
        for (Setting setting : Plan.SETTINGS) {
            text.append("\n## ").append(title(results, setting)).append("\n\n");
            append(text, table(results, setting));
        }
        text.append("\n## Goals\n\n");
        Goals.of(results).forEach(line -> text.append("- ").append(line).append('\n'));
        return text.toString();
    }

    private static void append(StringBuilder text, List<List<String>> table) {
        for (int row = 0; row < table.size(); row++) {
            text.append("| ").append(String.join(" | ", table.get(row))).append(" |\n");
            if (row == 0) {
                text.append("|---")
                        .append("|---:".repeat(table.get(0).size() - 1))
                        .append("|\n");
            }
        }
    }

    private static List<List<String>> summary(Results results) {
        List<Setting> settings =
                Plan.SETTINGS.stream().filter(setting -> setting.threads() == 1).toList();
        List<List<String>> rows = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of(""));
        settings.forEach(setting -> head.add(setting.events() + (setting.events() == 1 ? " event" : " events")));
        rows.add(head);
        for (Side side : results.sides().all()) {
            List<String> row = new ArrayList<>(List.of(side.name()));
            for (Setting setting : settings) {
                boolean measured = results.sides().with(setting.events()).contains(side);
                Side reference = results.sides().reference(setting.events());
                row.add(
                        measured
                                ? format(
                                        "%.2f",
                                        results.ratio(setting, side, reference).value())
                                : "");
            }
            rows.add(row);
        }
        return rows;
    }

    private static String title(Results results, Setting setting) {
        return setting + " (reference: "
                + results.sides().reference(setting.events()).name() + ")";
    }

    private static List<List<String>> table(Results results, Setting setting) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(COLUMNS);
        Side reference = results.sides().reference(setting.events());
        for (Side side : results.sides().with(setting.events())) {
            Median ratio = results.ratio(setting, side, reference);
            Results.Sent sent = results.sent(setting, side);
            rows.add(List.of(
                    side.name(),
                    format("%.0f", results.time(setting, side).value()),
                    format("%.2f (%.2f–%.2f)", ratio.value(), ratio.least(), ratio.greatest()),
                    format("%.0f", results.above(setting, side).value()),
                    format("%.0f", results.cpu(setting, side)),
                    format("%.1f", results.allocated(setting, side) / 1024),
                    Long.toString(sent.inTransaction().statements()),
                    Long.toString(sent.inTransaction().roundTrips()),
                    sent.afterwards().roundTrips() == 0
                            ? ""
                            : "+" + sent.afterwards().roundTrips() + " round trips"));
        }
        return rows;
    }

    private static int width(List<List<String>> table, int column) {
        return table.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
    }

    private static String format(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
