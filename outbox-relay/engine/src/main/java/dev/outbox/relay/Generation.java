package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Preflight;
import dev.outbox.relay.replication.Published;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Source;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** All that lives from one start of the engine to the next. Acknowledgements of an old one reach nothing of the new. */
final class Generation implements AutoCloseable {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(4);
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_STATUS_INTERVAL = Duration.ofSeconds(1);

    private final StreamOrigin origin;
    private final ConfirmGate gate;
    private final ReplicationStream stream;
    private final DeliveryBuffer buffer;
    private final ReplicationLoop loop;
    private final Thread thread;

    private Generation(
            StreamOrigin origin,
            ConfirmGate gate,
            ReplicationStream stream,
            DeliveryBuffer buffer,
            ReplicationLoop loop,
            Thread thread) {
        this.origin = origin;
        this.gate = gate;
        this.stream = stream;
        this.buffer = buffer;
        this.loop = loop;
        this.thread = thread;
    }

    static Generation start(RelayConfig config, StreamOpener opener, PositionStore store, boolean createMissing) {
        Source source = new Source(
                config.url(),
                config.username(),
                config.password(),
                config.connectionProperties(),
                config.slot(),
                config.publication(),
                config.table(),
                config.walSenderTimeout(),
                createMissing);
        Published published = Preflight.run(source);
        Duration statusInterval = statusInterval(config.walSenderTimeout());
        String threadName = "outbox-relay-" + config.slot();
        ReplicationStream stream = opener.open(source, statusInterval);
        try {
            Beginning beginning = SlotKeeper.during(
                    stream, statusInterval, threadName, () -> Beginning.of(source, published, stream, store));
            DeliveryBuffer buffer = new DeliveryBuffer(config.maxBytesInFlight());
            ConfirmGate gate = new ConfirmGate(beginning.origin(), beginning.before(), store != PositionStore.NONE);
            RecordReader reader = new RecordReader(config, published.tableOid());
            ReplicationLoop loop = new ReplicationLoop(stream, buffer, reader, beginning, gate, statusInterval);
            Thread thread = new Thread(loop, threadName);
            thread.setDaemon(true);
            thread.start();
            return new Generation(beginning.origin(), gate, stream, buffer, loop, thread);
        } catch (RuntimeException e) {
            stream.abort();
            throw e;
        }
    }

    private static Duration statusInterval(Duration walSenderTimeout) {
        Duration third = walSenderTimeout.dividedBy(3);
        return third.compareTo(LONGEST_STATUS_INTERVAL) < 0 ? third : LONGEST_STATUS_INTERVAL;
    }

    List<Delivery> poll(Duration timeout) throws InterruptedException {
        return buffer.drain(timeout);
    }

    LogSequenceNumber confirmedLsn() {
        return loop.confirmedLsn();
    }

    Checkpoint checkpoint() {
        return origin.checkpoint(gate.acknowledged());
    }

    void stored(Checkpoint checkpoint) {
        gate.stored(checkpoint.confirmableLsn());
    }

    /**
     * Ends the loop in order, or cuts the connection where that takes too long.
     *
     * @throws RelayException if the last confirmation may not have arrived, and poll has not said so already
     */
    @Override
    public void close() {
        loop.stop();
        try {
            thread.join(CLOSE_LIMIT.toMillis());
            if (thread.isAlive()) {
                stream.abort();
                thread.interrupt();
                thread.join(ABORT_LIMIT.toMillis());
                throw lastConfirmationLost("the server did not answer within " + CLOSE_LIMIT.toSeconds() + " s", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.abort();
            throw lastConfirmationLost("the thread was interrupted", e);
        }
        if (!loop.endedInOrder() && !buffer.hasTold()) {
            RelayException ending = loop.ending();
            throw lastConfirmationLost(ending == null ? "the stream was cut" : Failures.message(ending), ending);
        }
    }

    private static RelayException lastConfirmationLost(String why, @Nullable Throwable cause) {
        return new RelayException(
                "The last confirmation may not have arrived, so events acknowledged shortly before may come again: "
                        + why,
                true,
                cause);
    }
}
