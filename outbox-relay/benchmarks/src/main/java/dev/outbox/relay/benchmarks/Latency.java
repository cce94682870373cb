package dev.outbox.relay.benchmarks;

/**
 * What one run of a side under a steady load showed: the times from an event's commit to its consumer, and what it took.
 *
 * @param commitP99Millis of the commits themselves, as their writer saw them; events wait for them, too
 * @param transactionsPerSecond that were really committed
 * @param cpuSeconds the side's processor time in a minute
 * @param postgresCpuSeconds PostgreSQL's in a minute, with what the transactions took
 * @param repeated how many records more than were committed
 */
record Latency(
        double p50Millis,
        double p99Millis,
        double p999Millis,
        double commitP99Millis,
        double transactionsPerSecond,
        double cpuSeconds,
        double postgresCpuSeconds,
        long peakMemoryBytes,
        long repeated) {}
