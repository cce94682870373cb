package dev.outbox.relay;

/**
 * One record, handed to the host, that waits for its acknowledgement.
 *
 * <p>The host calls exactly one of {@link #ack()} and {@link #fail}, from any thread, in any order over the deliveries,
 * and neither blocks. Further calls, and calls after the engine was started again, are ignored: they belong to a
 * generation that is gone.
 */
public interface Delivery {

    /** What to send. */
    RelayRecord record();

    /** Where the record stands in the stream; made at each call. */
    Position position();

    /**
     * What a host stores to say that this record and all before it are delivered. Made at each call. Its confirmable LSN
     * is the end of this record's transaction if this is the last of it, and otherwise that of the transaction before.
     */
    Checkpoint checkpoint();

    /** Whether this is the last record of its PostgreSQL transaction. */
    boolean endOfTransaction();

    /** The record is durable at its destination. */
    void ack();

    /**
     * The record can't be delivered. Nothing from its transaction on will be confirmed: the generation ends, and
     * {@link RelayEngine#poll} throws with this cause.
     *
     * @param cause why, in words for the person on call; never null
     */
    void fail(Throwable cause);
}
