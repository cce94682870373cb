package dev.outbox.relay;

import org.jspecify.annotations.Nullable;

/**
 * One record, handed to the host, that waits for its acknowledgement.
 *
 * <p>The host calls exactly one of {@link #ack()} and {@link #fail}, from any thread, in any order over the deliveries,
 * and neither blocks. Further calls, and calls after the engine was started again, are ignored: they belong to a
 * generation that is gone.
 */
public interface Delivery {

    /**
     * What to send.
     *
     * @throws RelayException the {@link #problem}, if there is one: what can't be a record is not to be sent as one by a
     *     host that does not know of such rows
     */
    RelayRecord record();

    /**
     * Why the row can't become a record, or null if it has: a required column is NULL, its headers can't be read, there
     * is no topic for its aggregate type. Holds nothing of the payload. The host decides what becomes of such a row: it
     * {@link #fail}s the delivery with this, or {@link #ack}s it to go on without.
     */
    @Nullable RelayException problem();

    /**
     * The record, or the best that could be made of a row with a {@link #problem}, to be kept elsewhere: the topic is
     * empty where there is no route, the key where the aggregate's id is NULL, the value null where it can't be read, and
     * headers that can't be read are left out.
     */
    RelayRecord salvaged();

    /** Where the record stands in the stream; made at each call. */
    Position position();

    /**
     * What a host stores to say that this record and all before it are delivered. Made at each call. Its confirmable LSN
     * is the end of this record's transaction if this is the last of it, and otherwise that of the transaction before.
     */
    Checkpoint checkpoint();

    /** When its transaction committed, by the server's clock, in milliseconds since 1970 in UTC. */
    long committedAtMillis();

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
