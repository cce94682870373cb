package dev.outbox.jpa.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What one side did in one setting of one round. Not thread safe. */
final class Samples {

    private final List<long[]> nanos = new ArrayList<>();
    private long allocated;

    void add(Measurement.Block block) {
        nanos.add(block.nanos());
        allocated += block.allocated();
    }

    long transactions() {
        return nanos.stream().mapToLong(block -> block.length).sum();
    }

    long allocated() {
        return allocated;
    }

    /** The median time of a transaction, in nanoseconds. */
    double median() {
        return Medians.of(nanos.stream().flatMapToLong(Arrays::stream).asDoubleStream());
    }
}
