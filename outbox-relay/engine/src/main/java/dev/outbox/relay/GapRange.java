package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Instant;

/**
 * The transactions that may be missing from the stream: those that committed after one point and up to another.
 *
 * @param afterLsn all up to here was sent, on the checkpoint's timeline; {@link LogSequenceNumber#INVALID} if unknown
 * @param afterMillis when the last delivered transaction committed, in milliseconds since 1970 in UTC; 0 if none is known
 * @param untilLsn where the server's log stood when the gap was found or accepted, or {@link LogSequenceNumber#INVALID}
 * @param untilMillis when that was
 */
public record GapRange(LogSequenceNumber afterLsn, long afterMillis, LogSequenceNumber untilLsn, long untilMillis) {

    /** The same events, and those that committed since. */
    GapRange until(LogSequenceNumber lsn, long millis) {
        return new GapRange(afterLsn, afterMillis, lsn, millis);
    }

    /** In words: which events, and what is with them. */
    public String words() {
        return "Events that committed"
                + (afterLsn.equals(LogSequenceNumber.INVALID) ? "" : " after " + afterLsn)
                + (afterMillis == 0 ? "" : " (" + Instant.ofEpochMilli(afterMillis) + ")") + " and until "
                + (untilLsn.equals(LogSequenceNumber.INVALID) ? "" : untilLsn + " ") + "("
                + Instant.ofEpochMilli(untilMillis) + ") may not have been relayed";
    }

    String sentence() {
        return words() + ": look for them in the outbox table, then accept the gap.";
    }
}
