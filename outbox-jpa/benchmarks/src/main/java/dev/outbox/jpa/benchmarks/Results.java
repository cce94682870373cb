package dev.outbox.jpa.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/**
 * All rounds of all settings. Sides are compared within a round only, and a figure is the median of what its rounds say:
 * a machine that is slow for a minute is slow for all of them.
 */
final class Results {

    private final Sides sides;
    private final Map<Setting, List<Map<Side, Samples>>> rounds = new HashMap<>();
    private final Map<Setting, Map<Side, Sent>> sent = new HashMap<>();

    Results(Sides sides) {
        this.sides = sides;
    }

    static <T> Map<Side, T> bySide() {
        return new IdentityHashMap<>();
    }

    void addRound(Setting setting, Map<Side, Samples> round) {
        rounds.computeIfAbsent(setting, any -> new ArrayList<>()).add(round);
    }

    void setSent(Setting setting, Side side, Wire.Count inTransaction, Wire.Count afterwards) {
        sent.computeIfAbsent(setting, any -> bySide()).put(side, new Sent(inTransaction, afterwards));
    }

    /** What one transaction sent until its commit was confirmed, and after that. */
    record Sent(Wire.Count inTransaction, Wire.Count afterwards) {}

    /** The median of all rounds, and the least and greatest of them. */
    record Figure(double median, double least, double greatest) {}

    Sides sides() {
        return sides;
    }

    Sent sent(Setting setting, Side side) {
        return Objects.requireNonNull(Objects.requireNonNull(sent.get(setting)).get(side));
    }

    /** A transaction's time, in microseconds. */
    Figure time(Setting setting, Side side) {
        return figure(setting, round -> median(round, side) / 1e3);
    }

    /** How many times as long as another side in the same round. */
    Figure ratio(Setting setting, Side side, Side other) {
        return figure(setting, round -> median(round, side) / median(round, other));
    }

    /** What a transaction takes longer than one without events, in microseconds. */
    Figure above(Setting setting, Side side) {
        return figure(setting, round -> (median(round, side) - median(round, sides.noEvents())) / 1e3);
    }

    /** The bytes that a transaction allocates on its own thread. */
    double allocated(Setting setting, Side side) {
        long bytes = 0;
        long transactions = 0;
        for (Map<Side, Samples> round : roundsOf(setting)) {
            bytes += samples(round, side).allocated();
            transactions += samples(round, side).transactions();
        }
        return (double) bytes / transactions;
    }

    long transactions(Setting setting, Side side) {
        return roundsOf(setting).stream()
                .mapToLong(round -> samples(round, side).transactions())
                .sum();
    }

    private Figure figure(Setting setting, ToDoubleFunction<Map<Side, Samples>> ofRound) {
        double[] values =
                roundsOf(setting).stream().mapToDouble(ofRound).sorted().toArray();
        return new Figure(Medians.of(java.util.Arrays.stream(values)), values[0], values[values.length - 1]);
    }

    private List<Map<Side, Samples>> roundsOf(Setting setting) {
        return Objects.requireNonNull(rounds.get(setting));
    }

    private static double median(Map<Side, Samples> round, Side side) {
        return samples(round, side).median();
    }

    private static Samples samples(Map<Side, Samples> round, Side side) {
        return Objects.requireNonNull(round.get(side));
    }
}
