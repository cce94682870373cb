package dev.outbox.samples.check;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * What a {@link Checker} found. All numbers but {@code received} and {@code duplicates} count events, those count
 * records.
 *
 * @param committed events whose transaction committed
 * @param rolledBack events whose transaction was rolled back
 * @param received records received, duplicates included
 * @param lost events committed and never received
 * @param phantomRolledBack events received though their transaction was rolled back
 * @param phantomNeverWritten events received though nobody published them
 * @param duplicates records of an event that had been received before; legal
 * @param reordered events whose first record came after a later event of the same aggregate
 * @param wrongAggregate events received under the key of another aggregate
 * @param examples some event ids for each defect that was found, in the order of their finding
 */
public record Verdict(
        long committed,
        long rolledBack,
        long received,
        long lost,
        long phantomRolledBack,
        long phantomNeverWritten,
        long duplicates,
        long reordered,
        long wrongAggregate,
        Map<Defect, List<UUID>> examples) {

    /** Copies the examples. */
    public Verdict {
        examples = Map.copyOf(examples);
    }

    /** Events that should not have been received at all, for either reason. */
    public long phantom() {
        return phantomRolledBack + phantomNeverWritten;
    }

    /** Whether every guarantee held; duplicates don't count against it. */
    public boolean passed() {
        return lost == 0 && phantom() == 0 && reordered == 0 && wrongAggregate == 0;
    }

    /** How many events (or records, for duplicates) show the defect. */
    public long count(Defect defect) {
        return switch (defect) {
            case LOST -> lost;
            case ROLLED_BACK -> phantomRolledBack;
            case NEVER_WRITTEN -> phantomNeverWritten;
            case REORDERED -> reordered;
            case WRONG_AGGREGATE -> wrongAggregate;
            case DUPLICATE -> duplicates;
        };
    }

    /** One line for each kind of defect that is against the guarantees, with examples; empty if {@link #passed()}. */
    public List<String> defects() {
        return Arrays.stream(Defect.values())
                .filter(defect -> defect != Defect.DUPLICATE && count(defect) > 0)
                .map(this::describe)
                .toList();
    }

    private String describe(Defect defect) {
        List<UUID> some = examples.getOrDefault(defect, List.of());
        return "%d %s %s%s"
                .formatted(
                        count(defect),
                        count(defect) == 1 ? "event" : "events",
                        defect.description(),
                        some.isEmpty()
                                ? ""
                                : some.stream()
                                        .map(UUID::toString)
                                        .collect(Collectors.joining(
                                                ", ", ": ", some.size() < count(defect) ? ", ..." : "")));
    }
}
