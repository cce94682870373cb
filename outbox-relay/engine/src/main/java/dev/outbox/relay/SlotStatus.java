package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.OptionalLong;

/**
 * What the server tells of a stream's slot.
 *
 * @param askedAtMillis when it was asked, by this machine's clock, in milliseconds since 1970 in UTC
 * @param serverLsn up to where the server has written its log to disk, or on a standby replayed
 * @param confirmedLsn up to where it may forget, {@link LogSequenceNumber#INVALID} where there is no slot
 * @param restartLsn from where on it keeps its log for the slot, {@link LogSequenceNumber#INVALID} where it keeps none
 * @param walStatus {@code reserved}, {@code extended}, {@code unreserved} or {@code lost}, the server's words for whether
 *     that log is safe; {@value #NONE} where it keeps none, {@value #MISSING} where there is no slot
 * @param safeWalBytes how much may still be written before the slot is in danger of being lost; empty where nothing limits
 *     what it retains
 * @param active whether a relay streams from it
 */
public record SlotStatus(
        long askedAtMillis,
        LogSequenceNumber serverLsn,
        LogSequenceNumber confirmedLsn,
        LogSequenceNumber restartLsn,
        String walStatus,
        OptionalLong safeWalBytes,
        boolean active) {

    /** As {@link #walStatus}: the slot keeps nothing. */
    public static final String NONE = "none";

    /** As {@link #walStatus}: there is no such slot. */
    public static final String MISSING = "missing";

    /** The log that the server keeps for the slot, in bytes. */
    public long retainedBytes() {
        return restartLsn.equals(LogSequenceNumber.INVALID) ? 0 : serverLsn.bytesSince(restartLsn);
    }
}
