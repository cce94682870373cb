package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.ReplicationStream;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams an outbox table from its replication slot. A host starts it, polls deliveries, acknowledges each, and closes
 * it:
 *
 * <pre>{@code
 * engine.start(PositionStore.NONE);
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
    private final LongSupplier nanoClock;
    private @Nullable Checkpoint remembered;
    private volatile @Nullable Generation generation;
    private volatile @Nullable StreamProgress progressAtClose;

    /** An engine that is not started yet. Connects to nothing. */
    public RelayEngine(RelayConfig config) {
        this(config, ReplicationStream::open);
    }

    RelayEngine(RelayConfig config, StreamOpener opener) {
        this(config, opener, System::nanoTime);
    }

    RelayEngine(RelayConfig config, StreamOpener opener, LongSupplier nanoClock) {
        this.config = config;
        this.opener = new OwnStreams(opener);
        this.nanoClock = nanoClock;
    }

    /**
     * Connects, checks the server, takes the slot, asks the store where to begin, and streams. Ends the previous
     * generation, if there is one. The first start makes publication and slot where they are missing, unless the store
     * knows that there were some; a later one that misses them fails, for what committed in between would be skipped.
     *
     * @param store what the host has stored; {@link PositionStore#NONE} for all that was not confirmed. With any other,
     *     nothing is confirmed above what the host tells to be {@link #stored}
     * @throws SlotHeldException if another relay streams from the slot, or the server has not noticed yet that the
     *     generation before is gone
     * @throws GapException if events were or may be lost since the store's checkpoint
     * @throws RelayException if any of this fails; nothing stays open then
     */
    public void start(PositionStore store) {
        try {
            close();
        } catch (RelayException e) {
            LOG.warn("{}", e.getMessage());
        }
        try {
            Generation started = Generation.start(config, opener, store, Optional.ofNullable(remembered), nanoClock);
            generation = started;
            remembered = started.checkpoint();
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
        try {
            return started().poll(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /**
     * How far everything is acknowledged and known to be whole: what a host stores from time to time. Also before the
     * first delivery; then it says where the stream begins. It follows acknowledgements within about 100 milliseconds, and
     * inside a long transaction in steps of 1,000 events.
     *
     * @throws IllegalStateException if the engine was never started, or closed
     */
    public Checkpoint checkpoint() {
        return started().checkpoint();
    }

    /**
     * Waits until {@link #checkpoint} covers what is acknowledged now, as a host does before it stops in order.
     *
     * @param timeout how long to wait
     * @return the checkpoint, or empty after the timeout, when this generation has failed, or when the thread was
     *     interrupted, which it stays
     * @throws IllegalStateException if the engine was never started, or closed
     */
    public Optional<Checkpoint> settle(Duration timeout) {
        try {
            return started().settle(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    /**
     * Accepts that events were lost, where somebody has looked at them: checks all that {@link #start} checks, asks if
     * there is a gap, and then makes whatever is missing, publication and slot included. Streams nothing.
     *
     * <p>What is known to be delivered is not delivered again, and what the slot still keeps is delivered. Where the
     * publication was made anew on a server before PostgreSQL 18, the slot is taken on to the end of the log: that server
     * can't stream from the time in between.
     *
     * @param store where the checkpoint is, which {@code take} is called on
     * @param accept is given the gap before anything is made or dropped, with the slot not held: it may ask a person.
     *     Whether to accept the gap
     * @param keep stores where the stream goes on behind an accepted gap, and which events may be missing for it: the gap
     *     that was accepted, and what has committed since. Called with the slot held, so that no relay comes in between.
     *     What it throws ends this
     * @return the checkpoint from which a start then goes on; where there is no gap, from which it would go on anyway
     * @throws GapException the gap, if it was not accepted
     * @throws SlotHeldException if a relay streams from the slot
     * @throws RelayException if the server can't be looked at, or something is wrong that is no gap
     * @throws IllegalStateException if this engine is started
     */
    public Checkpoint adopt(
            PositionStore store, Predicate<GapException> accept, BiConsumer<Checkpoint, GapRange> keep) {
        if (generation != null) {
            throw new IllegalStateException("The engine streams: close it first.");
        }
        try {
            Checkpoint adopted = new Adoption(config, opener, store).adopt(accept, keep);
            remembered = null;
            return adopted;
        } catch (RuntimeException e) {
            throw Failures.of(e);
        }
    }

    /**
     * The host has stored the checkpoint, which it got from here or from a delivery of this generation: what it covers may
     * be confirmed, once it is acknowledged as well.
     *
     * @throws IllegalStateException if the engine was never started, or closed
     */
    public void stored(Checkpoint checkpoint) {
        started().stored(checkpoint);
    }

    /**
     * How far the server's log went when this generation was started: what an earlier one has delivered beyond it is lost
     * in the database, for it was on another branch of the log. Empty where the log may lag, on a standby.
     *
     * @throws IllegalStateException if the engine was never started, or closed
     */
    public Optional<LogSequenceNumber> logEnd() {
        return started().logEnd();
    }

    /**
     * The LSN up to which the last generation has let PostgreSQL forget, {@link LogSequenceNumber#INVALID} before its
     * first confirmation. From any thread.
     */
    public LogSequenceNumber confirmedLsn() {
        Generation current = generation;
        if (current != null) {
            return current.confirmedLsn();
        }
        StreamProgress last = progressAtClose;
        return last == null ? LogSequenceNumber.INVALID : last.confirmedLsn();
    }

    /**
     * How far the stream is; of one that has ended, how far it was. Empty before the first start. From any thread, as often
     * as anybody likes.
     */
    public Optional<StreamProgress> progress() {
        Generation current = generation;
        return Optional.ofNullable(current == null ? progressAtClose : current.progress());
    }

    /**
     * Asks the server about the slot, on a connection made for it: for times when nothing streams. From any thread; blocks,
     * for 10 seconds or so where the server doesn't answer.
     *
     * @throws RelayException if it can't be asked
     */
    public SlotStatus lookAtSlot() {
        try {
            return SlotLook.at(OpenStream.source(config, false));
        } catch (RuntimeException e) {
            throw Failures.of(e);
        }
    }

    private Generation started() {
        Generation current = generation;
        if (current == null) {
            throw new IllegalStateException("The engine is not started: call start first.");
        }
        return current;
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
                remembered = current.checkpoint();
                progressAtClose = current.progress();
                generation = null;
            }
        }
    }
}
