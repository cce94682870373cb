package dev.outbox.relay.benchmarks;

import java.util.stream.DoubleStream;

/** A median, and between what all values lie. */
record Median(double value, double least, double greatest) {

    static Median of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        double value = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Median(value, sorted[0], sorted[sorted.length - 1]);
    }
}
