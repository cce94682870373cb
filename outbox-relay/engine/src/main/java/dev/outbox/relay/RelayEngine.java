package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.ReplicationStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams an outbox table from its replication slot. A host starts it, polls deliveries, acknowledges each, and closes
 * it:
 *
 * <pre>{@code
 * engine.start(Optional.empty());
 * while (running) {
 *     for (Delivery delivery : engine.poll(Duration.ofMillis(100))) {
 *         producer.send(toProducerRecord(delivery.record()),
 *                 (metadata, error) -> { if (error == null) delivery.ack(); else delivery.fail(error); });
 *     }
 * }
 * producer.flush();
 * engine.close();
 * }</pre>
 *
 * <p>Each start opens a new generation. When a generation fails (connection lost, delivery failed), {@link #poll} throws;
 * the host then calls {@link #start} again when it sees fit, and gets everything that was not confirmed once more.
 *
 * <p>{@code start}, {@code poll} and {@code close} are for one host thread at a time; acknowledgements come from any.
 */
public final class RelayEngine implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RelayEngine.class);

    private final RelayConfig config;
    private final StreamOpener opener;
    private boolean streamed;
    private volatile @Nullable Generation generation;
    private volatile LogSequenceNumber confirmedAtClose = LogSequenceNumber.INVALID;

    /** An engine that is not started yet. Connects to nothing. */
    public RelayEngine(RelayConfig config) {
        this(config, ReplicationStream::open);
    }

    RelayEngine(RelayConfig config, StreamOpener opener) {
        this.config = config;
        this.opener = opener;
    }

    /**
     * Connects, checks the server, takes the slot and begins to stream. Ends the previous generation, if there is one.
     * The first start makes publication and slot where they are missing; a later one that misses them fails, for what
     * committed in between would be skipped.
     *
     * @param position deliveries at or before it are skipped; empty to get all that was not confirmed
     * @throws RelayException if any of this fails; nothing stays open then
     */
    public void start(Optional<Position> position) {
        try {
            close();
        } catch (RelayException e) {
            LOG.warn("{}", e.getMessage());
        }
        try {
            generation = Generation.start(config, opener, position, !streamed);
            streamed = true;
        } catch (RuntimeException e) {
            throw Failures.of(e);
        }
    }

    /**
     * The next deliveries, in stream order.
     *
     * @param timeout how long to wait for the first
     * @return at least one delivery, or none after the timeout or when the thread was interrupted, which it stays
     * @throws RelayException if this generation has failed; start opens the next
     * @throws IllegalStateException if the engine was never started, or closed
     */
    public List<Delivery> poll(Duration timeout) {
        Generation current = generation;
        if (current == null) {
            throw new IllegalStateException("The engine is not started: call start first.");
        }
        try {
            return current.poll(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /**
     * The LSN up to which the last generation has let PostgreSQL forget, {@link LogSequenceNumber#INVALID} before its
     * first confirmation. From any thread.
     */
    public LogSequenceNumber confirmedLsn() {
        Generation current = generation;
        return current == null ? confirmedAtClose : current.confirmedLsn();
    }

    /**
     * Confirms what has been acknowledged so far, and closes the connection. What was delivered and not acknowledged
     * comes again after the next start. Does nothing when already closed. Takes 5 seconds at most.
     *
     * @throws RelayException if the last confirmation may not have arrived and poll has not said so already; everything is
     *     closed all the same
     */
    @Override
    public void close() {
        Generation current = generation;
        if (current != null) {
            try {
                current.close();
            } finally {
                confirmedAtClose = current.confirmedLsn();
                generation = null;
            }
        }
    }
}
