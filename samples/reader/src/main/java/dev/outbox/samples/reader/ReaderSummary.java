package dev.outbox.samples.reader;

/**
 * What a reader did so far. Received records are the sum of the others.
 *
 * @param received records received
 * @param applied events applied to the persons
 * @param duplicates records of events that the inbox had already
 * @param ignored events of types that this reader doesn't know, which newer writers may send
 * @param orphans events of persons who are not there: something was lost or reordered
 */
public record ReaderSummary(long received, long applied, long duplicates, long ignored, long orphans) {

    static final ReaderSummary NOTHING = new ReaderSummary(0, 0, 0, 0, 0);

    ReaderSummary plus(ReaderSummary other) {
        return new ReaderSummary(
                received + other.received,
                applied + other.applied,
                duplicates + other.duplicates,
                ignored + other.ignored,
                orphans + other.orphans);
    }
}
