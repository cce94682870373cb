package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayEngine;
import java.time.Duration;
import java.util.Objects;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores the position in the Kafka transaction of the records that it covers: both are committed, or neither. A Kafka
 * transaction holds whole PostgreSQL transactions and is committed by time; one that takes too long is split, for the
 * position also says how far into a transaction it reaches.
 *
 * <p>Records are acknowledged to the engine as they are to the producer, within the transaction, which makes room for the
 * next; the server is told to forget nothing until the transaction is committed.
 */
final class ExactlyOnce implements PositionKeeper {

    private static final Logger log = LoggerFactory.getLogger(ExactlyOnce.class);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(250);
    private static final long IDLE_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final RelayEngine engine;
    private final Producer<byte[], byte[]> producer;
    private final PositionTopic positions;
    private final FirstFailure failure;
    private final DeletedTopics deletedTopics;
    private final Tally tally;
    private final long intervalNanos;
    private final long longestNanos;
    private @Nullable Delivery last;
    private @Nullable Checkpoint stored;
    private boolean open;
    private boolean inDoubt;
    private volatile boolean cut;
    private long openedAt;
    private long committedAt;

    /**
     * @param failure holds what a record was refused with, and takes what a position was, on the producer's thread
     * @param deletedTopics ends the wait for a commit that can never come
     * @param tally is told what is stored
     * @param interval how often to commit
     * @param longest how long a Kafka transaction may take before it is split
     */
    ExactlyOnce(
            RelayEngine engine,
            Producer<byte[], byte[]> producer,
            PositionTopic positions,
            FirstFailure failure,
            DeletedTopics deletedTopics,
            Tally tally,
            Duration interval,
            Duration longest) {
        this.engine = engine;
        this.producer = producer;
        this.positions = positions;
        this.failure = failure;
        this.deletedTopics = deletedTopics;
        this.tally = tally;
        this.intervalNanos = interval.toNanos();
        this.longestNanos = longest.toNanos();
    }

    @Override
    public void begin() {
        store(engine.checkpoint());
    }

    @Override
    public void sending() {
        if (!open) {
            producer.beginTransaction();
            open = true;
            openedAt = System.nanoTime();
        }
    }

    @Override
    public void sent(Delivery delivery) {
        last = delivery;
        long passed = System.nanoTime() - openedAt;
        if (passed >= (delivery.endOfTransaction() ? intervalNanos : longestNanos)) {
            commit(delivery.checkpoint());
        }
    }

    /** After a while without a commit the first event need not wait for the interval. */
    @Override
    public void keep() {
        long now = System.nanoTime();
        if (!open) {
            if (now - committedAt >= IDLE_INTERVAL_NANOS) {
                keepIdle(engine.checkpoint());
            }
        } else if (isDue(now)) {
            commit(Objects.requireNonNull(last).checkpoint());
        }
    }

    private boolean isDue(long now) {
        boolean whole = last != null && last.endOfTransaction();
        return whole ? now - committedAt >= intervalNanos : now - openedAt >= longestNanos;
    }

    /** What the engine knows may lag behind what was committed within a PostgreSQL transaction. */
    private void keepIdle(Checkpoint now) {
        Checkpoint before = Objects.requireNonNull(stored);
        if (!now.equals(before)
                && before.position().isAtOrBefore(now.position())
                && before.confirmableLsn().compareTo(now.confirmableLsn()) <= 0) {
            store(now);
        }
    }

    @Override
    public Duration untilNext() {
        long left = open ? committedAt + intervalNanos - System.nanoTime() : Long.MAX_VALUE;
        return Duration.ofNanos(Math.max(1_000_000, Math.min(left, LONGEST_WAIT.toNanos())));
    }

    /** The transaction may have been opened for a record that then was not sent. */
    @Override
    public boolean settle(Duration atMost) {
        if (open) {
            commit(last == null ? Objects.requireNonNull(stored) : last.checkpoint());
        }
        return true;
    }

    @Override
    public boolean settleAnew(Duration atMost) {
        sending();
        return settle(atMost);
    }

    private void store(Checkpoint checkpoint) {
        sending();
        commit(checkpoint);
    }

    private void commit(Checkpoint checkpoint) {
        try {
            var unused = producer.send(positions.record(checkpoint), (metadata, error) -> {
                if (error != null) {
                    failure.note(KafkaErrors.position(positions.name(), error));
                }
            });
            commitTransaction();
        } catch (KafkaException e) {
            // Ends the producer's thread, and with it the last callback, which may be the one that names the cause.
            abandon();
            failure.throwIfNoted();
            throw KafkaErrors.transaction(e);
        }
        open = false;
        last = null;
        committedAt = System.nanoTime();
        stored = checkpoint;
        engine.stored(checkpoint);
        tally.stored(checkpoint.position());
    }

    /** Waits for brokers that are away, as sending does. */
    private void commitTransaction() {
        while (true) {
            try {
                producer.commitTransaction();
                inDoubt = false;
                return;
            } catch (TimeoutException e) {
                inDoubt = true;
                failure.throwIfNoted();
                deletedTopics.requireThere();
                log.warn("The brokers have not committed the stream's Kafka transaction yet. Waiting for them.");
            }
        }
    }

    /** What waits behind a refused record is aborted with it. */
    @Override
    public void refused() {
        // Nothing that could be seen goes out.
    }

    /** What is open is aborted when the next producer begins. */
    @Override
    public void cut() {
        cut = true;
        producer.close(Duration.ZERO);
    }

    /**
     * Takes the open transaction back, so that consumers need not wait for its timeout. One whose commit may be under way
     * is left to the brokers: the next producer waits for what becomes of it, and then reads the position.
     */
    @Override
    public void abandon() {
        if (open && !inDoubt && !cut) {
            open = false;
            try {
                producer.abortTransaction();
            } catch (KafkaException e) {
                // The brokers do it: when the next producer begins, or after the transaction's timeout.
                log.debug("The Kafka transaction could not be aborted.", e);
            }
        }
        producer.close(Duration.ZERO);
    }
}
