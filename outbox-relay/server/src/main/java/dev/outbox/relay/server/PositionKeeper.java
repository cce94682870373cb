package dev.outbox.relay.server;

import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayException;
import java.time.Duration;

/**
 * Stores how far the stream is delivered, and tells the engine. Holds the attempt's producer, from its first record to its
 * end. For the stream's thread, but for {@link #refused} and {@link #cut}. Every method may throw a {@link RelayException}, which ends the
 * attempt.
 */
interface PositionKeeper {

    /** Stores where the stream begins, before anything is sent. */
    void begin();

    /** A delivery is about to be sent, or skipped. */
    void sending();

    /** It was, with all before it. */
    void sent(Delivery delivery);

    /** Stores what it is time to store; called often, also while nothing arrives. */
    void keep();

    /** How soon {@link #keep} wants to be called. */
    Duration untilNext();

    /**
     * Stores everything up to the delivery sent last.
     *
     * @param atMost how long it may take
     * @return whether it did; whatever was sent then never comes again
     */
    boolean settle(Duration atMost);

    /** The same, with a record of its own even where nothing is new, for what it tells beside the position. */
    boolean settleAnew(Duration atMost);

    /** A record was refused: on the producer's own thread, before it sends another batch. */
    void refused();

    /** Ends the producer at once, from any thread: it sends nothing more, and nobody waits for it any more. */
    void cut();

    /** Ends the producer. Sends nothing more, and takes back what can be taken back. May be called twice. */
    void abandon();
}
