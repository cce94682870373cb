package dev.outbox.relay.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is measured, and how often.
 *
 * @param events in a backlog
 * @param runs of each side with each backlog
 * @param sides by the backlog that they meet
 * @param latencyRuns of each side under a steady load
 * @param latencyTime of each of those
 * @param latencySides that meet a steady load
 */
record Plan(
        long events,
        int runs,
        Map<Shape, List<Side>> sides,
        int latencyRuns,
        Duration latencyTime,
        List<Side> latencySides) {

    Plan withEvents(long otherEvents) {
        return new Plan(otherEvents, runs, sides, latencyRuns, latencyTime, latencySides);
    }

    Plan withRuns(int otherRuns) {
        return new Plan(events, otherRuns, sides, otherRuns, latencyTime, latencySides);
    }

    /** For the results. */
    String words() {
        return String.format(
                Locale.ROOT,
                "backlogs of %,d events, runs of each side: %d; the steady load for %d s, runs: %d",
                events,
                runs,
                latencyTime.toSeconds(),
                latencyRuns);
    }

    /** How many loads and runs it has. */
    int steps() {
        return sides.size()
                + sides.values().stream().mapToInt(List::size).sum() * runs
                + latencySides.size() * latencyRuns;
    }
}
