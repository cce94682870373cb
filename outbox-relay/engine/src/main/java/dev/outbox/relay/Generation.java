package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Preflight;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Source;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All that lives from one start of the engine to the next. Acknowledgements of an old one reach nothing of the new. */
final class Generation implements AutoCloseable {

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(4);
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(1);
    private static final Duration LONGEST_STATUS_INTERVAL = Duration.ofSeconds(1);

    private final ReplicationStream stream;
    private final DeliveryBuffer buffer;
    private final ReplicationLoop loop;
    private final Thread thread;

    private Generation(ReplicationStream stream, DeliveryBuffer buffer, ReplicationLoop loop, Thread thread) {
        this.stream = stream;
        this.buffer = buffer;
        this.loop = loop;
        this.thread = thread;
    }

    static Generation start(
            RelayConfig config, StreamOpener opener, Optional<Position> position, boolean createMissing) {
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
        long tableOid = Preflight.run(source);
        Duration statusInterval = statusInterval(config.walSenderTimeout());
        ReplicationStream stream = opener.open(source, statusInterval);
        try {
            position.ifPresent(known -> requireTimeline(known, stream.timeline()));
            DeliveryBuffer buffer = new DeliveryBuffer(config.maxBytesInFlight());
            ReplicationLoop loop =
                    new ReplicationLoop(stream, buffer, new RecordReader(config, tableOid), position, statusInterval);
            Thread thread = new Thread(loop, "outbox-relay-" + config.slot());
            thread.setDaemon(true);
            thread.start();
            return new Generation(stream, buffer, loop, thread);
        } catch (RuntimeException e) {
            stream.abort();
            throw e;
        }
    }

    private static Duration statusInterval(Duration walSenderTimeout) {
        Duration third = walSenderTimeout.dividedBy(3);
        return third.compareTo(LONGEST_STATUS_INTERVAL) < 0 ? third : LONGEST_STATUS_INTERVAL;
    }

    private static void requireTimeline(Position position, int timeline) {
        if (position.timeline() != timeline) {
            throw new RelayException(
                    "Expected the server to be on timeline " + position.timeline() + " of the position " + position
                            + ", found timeline " + timeline + ": it was promoted or restored since. Its LSNs can't be"
                            + " compared with the position's; start without a position to get everything that is not"
                            + " confirmed.",
                    false,
                    null);
        }
    }

    List<Delivery> poll(Duration timeout) throws InterruptedException {
        return buffer.drain(timeout);
    }

    LogSequenceNumber confirmedLsn() {
        return loop.confirmedLsn();
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
