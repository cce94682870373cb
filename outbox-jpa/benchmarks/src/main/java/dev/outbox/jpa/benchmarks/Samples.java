package dev.outbox.jpa.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one side did in one setting, turn by turn. Not thread safe. */
final class Samples {

    private final List<Turn> turns = new ArrayList<>();

    /**
     * @param nanos the median time of its transactions
     * @param cpuNanos the processor time of a transaction on its own thread, on average
     * @param allocated the bytes that a transaction allocates on its own thread, on average
     */
    record Turn(double nanos, double cpuNanos, double allocated) {}

    void add(List<Measurement.Block> blocks) {
        double[] nanos = blocks.stream()
                .flatMapToLong(block -> Arrays.stream(block.nanos()))
                .asDoubleStream()
                .toArray();
        long cpuNanos = blocks.stream().mapToLong(Measurement.Block::cpuNanos).sum();
        long allocated = blocks.stream().mapToLong(Measurement.Block::allocated).sum();
        turns.add(new Turn(
                Median.of(Arrays.stream(nanos)).value(),
                (double) cpuNanos / nanos.length,
                (double) allocated / nanos.length));
    }

    void addAll(Samples others) {
        turns.addAll(others.turns);
    }

    /** The n-th turn of each side is of the same moment. */
    List<Turn> turns() {
        return turns;
    }
}
