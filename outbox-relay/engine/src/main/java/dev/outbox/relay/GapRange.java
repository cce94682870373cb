package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Instant;

/**
 * The transactions that may be missing from the stream: those that committed after one point and up to another.
 *
 * @param afterLsn all up to here was sent, on the checkpoint's timeline; {@link LogSequenceNumber#INVALID} if unknown
 * @param afterMillis when the last delivered transaction committed, in milliseconds since 1970 in UTC; 0 if none is known
 * @param untilLsn where the server's log stood when the gap was found, or {@link LogSequenceNumber#INVALID}
 * @param untilMillis when it was found
 */
public record GapRange(LogSequenceNumber afterLsn, long afterMillis, LogSequenceNumber untilLsn, long untilMillis) {

    String sentence() {
        return "Events that committed"
                + (afterLsn.equals(LogSequenceNumber.INVALID) ? "" : " after " + afterLsn)
                + (afterMillis == 0 ? "" : " (" + Instant.ofEpochMilli(afterMillis) + ")") + " and until "
                + (untilLsn.equals(LogSequenceNumber.INVALID) ? "" : untilLsn + " ") + "("
                + Instant.ofEpochMilli(untilMillis) + ") may not have been relayed: look for them in the outbox table,"
                + " then accept the gap.";
    }
}
