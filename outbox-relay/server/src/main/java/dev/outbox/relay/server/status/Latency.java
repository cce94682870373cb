package dev.outbox.relay.server.status;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * How long events took, from the commit of their transaction to their acknowledgement, in buckets. Recorded for each
 * event, from any thread, at the price of two additions.
 */
public final class Latency {

    private static final long[] BOUNDS_MILLIS = {
        1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 3_600_000
    };

    private final LongAdder[] counts = IntStream.rangeClosed(0, BOUNDS_MILLIS.length)
            .mapToObj(bucket -> new LongAdder())
            .toArray(LongAdder[]::new);

    private final LongAdder totalMillis = new LongAdder();

    /** The largest value of each bucket but the last, which has none, in milliseconds. */
    public static LongStream boundsMillis() {
        return LongStream.of(BOUNDS_MILLIS);
    }

    /**
     * An event took so long.
     *
     * @param millis negative where the clocks of server and relay differ by more than it took, which counts as 0
     */
    public void record(long millis) {
        long latency = Math.max(0, millis);
        int bucket = 0;
        while (bucket < BOUNDS_MILLIS.length && latency > BOUNDS_MILLIS[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        totalMillis.add(latency);
    }

    /** What was recorded so far. */
    public Snapshot snapshot() {
        return new Snapshot(
                LongStream.of(IntStream.range(0, counts.length)
                                .mapToLong(bucket -> counts[bucket].sum())
                                .toArray())
                        .boxed()
                        .toList(),
                totalMillis.sum());
    }

    /**
     * How many took how long.
     *
     * @param counts how many events each bucket has, in the order of {@link #boundsMillis}, and those above them all
     * @param totalMillis the sum of all, in milliseconds
     */
    public record Snapshot(List<Long> counts, long totalMillis) {}
}
