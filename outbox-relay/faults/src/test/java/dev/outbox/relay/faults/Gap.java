package dev.outbox.relay.faults;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The range of a reported gap, as a person reads it.
 *
 * @param after empty if unknown
 * @param until empty if unknown; the time holds then
 */
record Gap(Optional<LogSequenceNumber> after, Optional<LogSequenceNumber> until, Instant untilTime) {

    private static final String LSN = "[0-9A-F]+/[0-9A-F]+";
    private static final Pattern SENTENCE = Pattern.compile("Events that committed(?: after (" + LSN
            + "))?(?: \\([^)]*\\))? and until (?:(" + LSN + ") )?\\(([^)]+)\\) may not have been relayed");

    /** The last one in what a relay or {@code adopt} has printed: that one was recorded. */
    static Optional<Gap> find(String text) {
        return SENTENCE.matcher(text)
                .results()
                .reduce((first, last) -> last)
                .map(found -> new Gap(lsn(found.group(1)), lsn(found.group(2)), Instant.parse(found.group(3))));
    }

    private static Optional<LogSequenceNumber> lsn(@Nullable String text) {
        return Optional.ofNullable(text).map(LogSequenceNumber::parse);
    }

    boolean covers(CommitPoint commit) {
        boolean afterBeginning = after.isEmpty() || commit.lsn().compareTo(after.get()) >= 0;
        boolean beforeEnd = until.isPresent()
                ? commit.lsn().compareTo(until.get()) < 0
                : !commit.time().isAfter(untilTime);
        return afterBeginning && beforeEnd;
    }

    @Override
    public String toString() {
        return "(" + after.map(Object::toString).orElse("?") + ", "
                + until.map(Object::toString).orElse(untilTime.toString()) + ")";
    }
}
