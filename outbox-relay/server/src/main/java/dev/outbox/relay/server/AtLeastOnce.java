package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayEngine;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/** Stores the position behind the acknowledgements, by time: a record for many events costs nothing. */
final class AtLeastOnce implements PositionKeeper {

    private static final Duration EVENTS_INTERVAL = Duration.ofMillis(100);
    private static final long IDLE_INTERVAL_NANOS = Duration.ofSeconds(1).toNanos();

    private final RelayEngine engine;
    private final Producer<byte[], byte[]> producer;
    private final PositionTopic positions;
    private final Consumer<Exception> failure;
    private @Nullable Delivery last;
    private @Nullable Checkpoint written;
    private @Nullable Future<?> writing;
    private long writtenAt;

    /** @param failure takes what a position record was refused with, on the producer's thread */
    AtLeastOnce(
            RelayEngine engine,
            Producer<byte[], byte[]> producer,
            PositionTopic positions,
            Consumer<Exception> failure) {
        this.engine = engine;
        this.producer = producer;
        this.positions = positions;
        this.failure = failure;
    }

    @Override
    public void begin() {
        write(engine.checkpoint());
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
        return EVENTS_INTERVAL;
    }

    /** To be called with everything acknowledged: what was sent last is then all there is, also within a transaction. */
    @Override
    public boolean settle(Duration atMost) {
        Checkpoint now = last == null ? engine.checkpoint() : last.checkpoint();
        if (!now.equals(written)) {
            write(now);
        }
        return await(atMost);
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
            } else {
                failure.accept(error);
            }
        });
    }

    /** A later event of the same aggregate that waits behind the refused one must not go out in its place. */
    @Override
    public void refused() {
        producer.close(Duration.ZERO);
    }

    /** Never flushes: after a failure nothing more may go out, and after a clean stop nothing is left. */
    @Override
    public void abandon() {
        producer.close(Duration.ZERO);
    }
}
