package dev.outbox.jpa.benchmarks;

import java.util.stream.DoubleStream;

/**
 * A median, and between what it is with 95 % certainty: the order statistics around it that a binomial distribution
 * gives, which supposes nothing about the values but that each stands for itself.
 */
record Median(double value, double least, double greatest) {

    static Median of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int middle = sorted.length / 2;
        double value = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        int away = (int) Math.ceil(0.98 * Math.sqrt(sorted.length));
        return new Median(
                value,
                sorted[Math.max(0, (sorted.length - 1) / 2 - away)],
                sorted[Math.min(sorted.length - 1, middle + away)]);
    }
}
