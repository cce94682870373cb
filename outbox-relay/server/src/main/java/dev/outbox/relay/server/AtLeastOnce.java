package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayEngine;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Stores the position behind the acknowledgements, by time: a record for many events costs nothing. */
final class AtLeastOnce implements PositionKeeper {

    private static final Duration EVENTS_INTERVAL = Duration.ofMillis(100);
    private static final Duration IDLE_WAIT = Duration.ofMillis(250);
    private static final long IDLE_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final RelayEngine engine;
    private final Producer<byte[], byte[]> producer;
    private final PositionTopic positions;
    private final FirstFailure failure;
    private final Unstored unstored;
    private final Tally tally;
    private @Nullable Delivery last;
    private @Nullable Checkpoint written;
    private @Nullable Future<?> writing;
    private long writtenAt;

    /**
     * @param failure takes what a position record was refused with, on the producer's thread
     * @param unstored the stream's, over all attempts; told what is stored, as is the tally
     */
    AtLeastOnce(
            RelayEngine engine,
            Producer<byte[], byte[]> producer,
            PositionTopic positions,
            FirstFailure failure,
            Unstored unstored,
            Tally tally) {
        this.engine = engine;
        this.producer = producer;
        this.positions = positions;
        this.failure = failure;
        this.unstored = unstored;
        this.tally = tally;
    }

    @Override
    public void begin() {
        Checkpoint beginning = engine.checkpoint();
        engine.logEnd().ifPresent(unstored::begins);
        unstored.stored(beginning);
        write(beginning);
    }

    @Override
    public void sending() {
        // Nothing to begin.
    }

    @Override
    public void sent(Delivery delivery) {
        last = delivery;
    }

    @Override
    public void keep() {
        long passed = System.nanoTime() - writtenAt;
        if (passed < EVENTS_INTERVAL.toNanos() || (writing != null && !writing.isDone())) {
            return;
        }
        Checkpoint now = engine.checkpoint();
        boolean moved = written == null || !now.position().equals(written.position());
        if (moved || (passed >= IDLE_INTERVAL_NANOS && !now.equals(written))) {
            write(now);
        }
    }

    @Override
    public Duration untilNext() {
        return written != null && (last == null || last.position().isAtOrBefore(written.position()))
                ? IDLE_WAIT
                : EVENTS_INTERVAL;
    }

    /** To be called with everything acknowledged: what was sent last is then all there is, also within a transaction. */
    @Override
    public boolean settle(Duration atMost) {
        Checkpoint now = furthest();
        if (!now.equals(written)) {
            write(now);
        }
        return await(atMost);
    }

    @Override
    public boolean settleAnew(Duration atMost) {
        write(furthest());
        return await(atMost);
    }

    /** What was sent last is ahead of what the engine knows, unless the stream has been idle since. */
    private Checkpoint furthest() {
        Checkpoint known = engine.checkpoint();
        return last == null || last.position().isAtOrBefore(known.position()) ? known : last.checkpoint();
    }

    private boolean await(Duration atMost) {
        try {
            if (writing != null) {
                writing.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    private void write(Checkpoint checkpoint) {
        written = checkpoint;
        writtenAt = System.nanoTime();
        writing = producer.send(positions.record(checkpoint), (metadata, error) -> {
            if (error == null) {
                engine.stored(checkpoint);
                unstored.stored(checkpoint);
                tally.stored(checkpoint.position());
            } else if (failure.note(KafkaErrors.position(positions.name(), error))) {
                refused();
            }
        });
    }

    /** A later event of the same aggregate that waits behind the refused one must not go out in its place. */
    @Override
    public void refused() {
        producer.close(Duration.ZERO);
    }

    @Override
    public void cut() {
        producer.close(Duration.ZERO);
    }

    /** Never flushes: after a failure nothing more may go out, and after a clean stop nothing is left. */
    @Override
    public void abandon() {
        producer.close(Duration.ZERO);
        if (last != null) {
            unstored.sent(last.position());
        }
    }
}
