package dev.outbox.jpa.benchmarks;

import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.IntStream;

/**
 * All turns of all settings. Sides are compared within a turn only, and a figure is the median of what all turns say: a
 * machine that is slow for a second is slow for all of them.
 */
final class Results {

    private final Sides sides;
    private final Map<Setting, Map<Side, Samples>> samples = new HashMap<>();
    private final Map<Setting, Map<Side, Sent>> sent = new HashMap<>();

    Results(Sides sides) {
        this.sides = sides;
    }

    static <T> Map<Side, T> bySide() {
        return new IdentityHashMap<>();
    }

    void add(Setting setting, Map<Side, Samples> round) {
        Map<Side, Samples> all = samples.computeIfAbsent(setting, any -> bySide());
        round.forEach(
                (side, more) -> all.computeIfAbsent(side, any -> new Samples()).addAll(more));
    }

    void setSent(Setting setting, Side side, Wire.Count inTransaction, Wire.Count afterwards) {
        sent.computeIfAbsent(setting, any -> bySide()).put(side, new Sent(inTransaction, afterwards));
    }

    /** What one transaction sent until its commit was confirmed, and after that. */
    record Sent(Wire.Count inTransaction, Wire.Count afterwards) {}

    Sides sides() {
        return sides;
    }

    Sent sent(Setting setting, Side side) {
        return Objects.requireNonNull(Objects.requireNonNull(sent.get(setting)).get(side));
    }

    /** A transaction's time, in microseconds. */
    Median time(Setting setting, Side side) {
        return Median.of(turns(setting, side).stream().mapToDouble(turn -> turn.nanos() / 1e3));
    }

    /** How many times as long as another side in the same turn. */
    Median ratio(Setting setting, Side side, Side other) {
        return compare(setting, side, other, (turn, others) -> turn.nanos() / others.nanos());
    }

    /** What a transaction takes longer than one without events, in microseconds. */
    Median above(Setting setting, Side side) {
        return compare(setting, side, sides.noEvents(), (turn, none) -> (turn.nanos() - none.nanos()) / 1e3);
    }

    /** The processor time that a transaction takes on its own thread, in microseconds. */
    double cpu(Setting setting, Side side) {
        return Median.of(turns(setting, side).stream().mapToDouble(turn -> turn.cpuNanos() / 1e3))
                .value();
    }

    /** The bytes that a transaction allocates on its own thread. */
    double allocated(Setting setting, Side side) {
        return Median.of(turns(setting, side).stream().mapToDouble(Samples.Turn::allocated))
                .value();
    }

    int turns(Setting setting) {
        return turns(setting, sides.noEvents()).size();
    }

    private Median compare(Setting setting, Side side, Side other, ToDoubleBiFunction<Samples.Turn, Samples.Turn> how) {
        List<Samples.Turn> turns = turns(setting, side);
        List<Samples.Turn> others = turns(setting, other);
        return Median.of(
                IntStream.range(0, turns.size()).mapToDouble(i -> how.applyAsDouble(turns.get(i), others.get(i))));
    }

    private List<Samples.Turn> turns(Setting setting, Side side) {
        return Objects.requireNonNull(
                        Objects.requireNonNull(samples.get(setting)).get(side))
                .turns();
    }
}
