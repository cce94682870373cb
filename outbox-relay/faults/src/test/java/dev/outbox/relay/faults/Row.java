package dev.outbox.relay.faults;

import dev.outbox.samples.check.Verdict;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What came of a case.
 *
 * @param rounds how often it hurt
 * @param verdict the checker's, or null if it did not come so far
 * @param settled whether nothing could change the verdict any more
 * @param inGap events that were not received and lie in an accepted gap, or are excluded
 * @param recoverySeconds of each round
 * @param seconds how long all of it took
 * @param state of the stream at the end
 * @param failures what was not as it has to be; empty for a green row
 */
record Row(
        Case of,
        int rounds,
        @Nullable Verdict verdict,
        boolean settled,
        int inGap,
        List<Double> recoverySeconds,
        double seconds,
        String state,
        List<String> failures) {

    boolean isGreen() {
        return failures.isEmpty();
    }

    /** Whether it is red for what the relay did, and not for a harness that came to no verdict. */
    boolean isHarmSeen() {
        return verdict != null
                && settled
                && (!verdict.passed() || (of.mode().exactlyOnce() && verdict.duplicates() > 0));
    }

    double median() {
        List<Double> sorted = recoverySeconds.stream().sorted().toList();
        return sorted.isEmpty() ? Double.NaN : sorted.get(sorted.size() / 2);
    }

    double longest() {
        return recoverySeconds.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
    }

    /** A line for whoever watches. */
    String line() {
        return String.format(
                Locale.ROOT,
                "%-5s %s: rounds=%d %s in-gap=%d recovery=%.1f s (longest %.1f s) state=%s, all in %.0f s",
                isGreen() ? "green" : "RED",
                of,
                rounds,
                counts(),
                inGap,
                median(),
                longest(),
                state,
                seconds);
    }

    private String counts() {
        return verdict == null
                ? "not judged"
                : "committed=%d lost=%d phantom=%d reordered=%d duplicated=%d"
                        .formatted(
                                verdict.committed(),
                                verdict.lost(),
                                verdict.phantom(),
                                verdict.reordered() + verdict.wrongAggregate(),
                                verdict.duplicates());
    }
}
