package dev.outbox.relay.benchmarks;

import java.util.List;

/** Tables, whose first row names the columns, as text. */
final class Tables {

    private Tables() {}

    static void plain(StringBuilder text, List<List<String>> table) {
        for (List<String> row : table) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < row.size(); column++) {
                int width = width(table, column);
                line.append(("%" + (column == 0 ? "-" : "") + width + "s  ").formatted(row.get(column)));
            }
            text.append("  ").append(line.toString().stripTrailing()).append('\n');
        }
    }

    static void markdown(StringBuilder text, List<List<String>> table) {
        for (int row = 0; row < table.size(); row++) {
            text.append("| ").append(String.join(" | ", table.get(row))).append(" |\n");
            if (row == 0) {
                text.append("|---")
                        .append("|---:".repeat(table.get(0).size() - 1))
                        .append("|\n");
            }
        }
    }

    private static int width(List<List<String>> table, int column) {
        return Math.max(
                1,
                table.stream().mapToInt(row -> row.get(column).length()).max().orElse(1));
    }
}
