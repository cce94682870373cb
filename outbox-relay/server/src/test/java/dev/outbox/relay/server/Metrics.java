package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a scrape answered. */
final class Metrics {

    private final List<String> lines;

    Metrics(String text) {
        lines = text.lines().toList();
    }

    /** The value of the series with this name and these labels, as {@code name{a="b"}}. */
    double value(String series) {
        String start = series + " ";
        List<String> found =
                lines.stream().filter(line -> line.startsWith(start)).toList();
        assertThat(found).as(series + " in " + lines).hasSize(1);
        return Double.parseDouble(found.get(0).substring(start.length()).replace("Inf", "Infinity"));
    }

    /** The names of all series, of histograms with their suffixes. */
    Set<String> names() {
        return lines.stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
