package dev.outbox.samples.demo;

import dev.outbox.samples.check.Verdict;
import java.util.List;

/**
 * What came out.
 *
 * @param verdict what the checker found
 * @param relayed the records in the topic
 * @param differences what is not as it should be, one sentence each; empty if all is well
 */
record DemoResult(Verdict verdict, long relayed, List<String> differences) {

    boolean passed() {
        return verdict.passed() && differences.isEmpty();
    }

    /** The demo's last line. */
    String line() {
        return "demo: committed=%d rolledback=%d relayed=%d received=%d lost=%d phantom=%d duplicates=%d reordered=%d"
                .formatted(
                        verdict.committed(),
                        verdict.rolledBack(),
                        relayed,
                        verdict.received(),
                        verdict.lost(),
                        verdict.phantom(),
                        verdict.duplicates(),
                        verdict.reordered());
    }
}
