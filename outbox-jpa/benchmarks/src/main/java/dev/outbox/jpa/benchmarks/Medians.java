package dev.outbox.jpa.benchmarks;

import java.util.stream.DoubleStream;

final class Medians {

    private Medians() {}

    static double of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
