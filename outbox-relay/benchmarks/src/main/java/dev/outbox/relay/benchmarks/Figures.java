package dev.outbox.relay.benchmarks;

/**
 * What one run of a side with a backlog showed.
 *
 * @param eventsPerSecond from the moment that it streams until the last record can be read
 * @param cpuSeconds its processor time for a million events in that while
 * @param postgresCpuSeconds PostgreSQL's
 * @param peakMemoryBytes the most physical memory that it had, from its start
 * @param repeated how many records more than were loaded
 */
record Figures(
        double eventsPerSecond, double cpuSeconds, double postgresCpuSeconds, long peakMemoryBytes, long repeated) {}
