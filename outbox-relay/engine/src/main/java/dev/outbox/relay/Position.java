package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;

/**
 * The place of an event in the stream of committed transactions. Positions compare only within one timeline: after a
 * fail-over, LSNs of a lost branch are used again.
 *
 * @param timeline the server's timeline
 * @param commitLsn the LSN of the transaction's commit record, as its Begin message carries it
 * @param index the event's place in its transaction, from 0
 */
public record Position(int timeline, LogSequenceNumber commitLsn, long index) {

    /**
     * Whether this place is the other's or lies before it.
     *
     * @throws IllegalArgumentException if the timelines differ
     */
    public boolean isAtOrBefore(Position other) {
        if (timeline != other.timeline) {
            throw new IllegalArgumentException("Positions of timelines " + timeline + " and " + other.timeline
                    + " can't be compared: LSNs repeat after a fail-over.");
        }
        int order = commitLsn.compareTo(other.commitLsn);
        return order < 0 || (order == 0 && index <= other.index);
    }

    /** For example {@code 1:0/1A2B3C8#4}. */
    @Override
    public String toString() {
        return timeline + ":" + commitLsn + "#" + index;
    }
}
