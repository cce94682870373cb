package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.Optional;

/**
 * How far a stream is, to be looked at: nothing of it is to be stored or confirmed by. Its parts are read one after the
 * other while the stream goes on.
 *
 * @param receivedLsn up to where everything that the server has sent is read
 * @param acknowledged the last event that is acknowledged with all before it, as far as whole transactions go
 * @param acknowledgedLsn up to where nothing waits for an acknowledgement
 * @param committedAtMillis when the transaction of {@code acknowledged} committed, by the server's clock, in milliseconds
 *     since 1970 in UTC; 0 where there is none
 * @param confirmedLsn up to where the server may forget, {@link LogSequenceNumber#INVALID} before the first confirmation
 * @param bytesInFlight the room that deliveries take which are not acknowledged, in bytes
 * @param slot what the server told of the slot last: it is asked every few seconds
 */
public record StreamProgress(
        LogSequenceNumber receivedLsn,
        Position acknowledged,
        LogSequenceNumber acknowledgedLsn,
        long committedAtMillis,
        LogSequenceNumber confirmedLsn,
        long bytesInFlight,
        Optional<SlotStatus> slot) {}
