package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Sighting;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** All that lives from one start of the engine to the next. Acknowledgements of an old one reach nothing of the new. */
final class Generation implements AutoCloseable {

    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(2);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final Duration ABORT_LIMIT = Duration.ofSeconds(1);

    private final ConfirmGate gate;
    private final DeliveryBuffer buffer;
    private final SourceWatch watch;
    private final SocketWatchdog watchdog;
    private final Sighting sighting;
    private final StreamOrigin origin;
    private final ReplicationStream stream;
    private final ReplicationLoop loop;
    private final Thread thread;

    private Generation(RelayConfig config, OpenStream open, boolean hostStores, LongSupplier nanoClock) {
        Beginning beginning = open.beginning();
        this.sighting = beginning.sighting();
        this.origin = beginning.origin();
        this.stream = open.stream();
        this.buffer = new DeliveryBuffer(config.maxBytesInFlight());
        this.gate = new ConfirmGate(origin, beginning.before(), hostStores);
        this.watch = new SourceWatch(open.source(), beginning, gate, buffer);
        RecordReader reader = new RecordReader(config, origin.identity().tableOid());
        this.loop =
                new ReplicationLoop(stream, buffer, reader, beginning, gate, watch, OpenStream.statusInterval(config));
        Duration silence = SocketWatchdog.limit(config.walSenderTimeout(), OpenStream.statusInterval(config));
        this.watchdog = new SocketWatchdog(open.source().address(), stream.traffic(), buffer, silence, nanoClock);
        this.thread = daemon(loop, OpenStream.threadName(config));
        daemon(watch, OpenStream.threadName(config) + "-watch");
        daemon(watchdog, OpenStream.threadName(config) + "-watchdog");
    }

    /** @param remembered the checkpoint of the generation before, if there was one */
    static Generation start(
            RelayConfig config,
            StreamOpener opener,
            PositionStore store,
            Optional<Checkpoint> remembered,
            LongSupplier nanoClock) {
        boolean first = remembered.isEmpty() && store.peek().isEmpty();
        OpenStream open = OpenStream.open(config, opener, store, remembered, first, Continuation::of);
        return new Generation(config, open, store != PositionStore.NONE, nanoClock);
    }

    /** With the host's logging context: its messages are about the same stream. */
    private static Thread daemon(Runnable task, String name) {
        Map<String, String> context = MDC.getCopyOfContextMap();
        Thread thread = new Thread(
                () -> {
                    if (context != null) {
                        MDC.setContextMap(context);
                    }
                    task.run();
                },
                name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    List<Delivery> poll(Duration timeout) throws InterruptedException {
        return buffer.drain(timeout);
    }

    LogSequenceNumber confirmedLsn() {
        return loop.confirmedLsn();
    }

    StreamProgress progress() {
        Acknowledged acknowledged = gate.acknowledged();
        return new StreamProgress(
                loop.receivedLsn(),
                new Position(origin.timeline(), acknowledged.commitLsn(), acknowledged.index()),
                acknowledged.confirmableLsn(),
                acknowledged.committedAtMillis(),
                loop.confirmedLsn(),
                loop.hasEnded() ? 0 : buffer.bytes(),
                Optional.ofNullable(watch.slot()));
    }

    Optional<LogSequenceNumber> logEnd() {
        return sighting.inRecovery() ? Optional.empty() : Optional.of(sighting.lsn());
    }

    Checkpoint checkpoint() {
        return origin.checkpoint(watch.vouched());
    }

    /** Waits until what is acknowledged now is vouched for; empty if that takes too long or something has failed. */
    Optional<Checkpoint> settle(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        loop.awaitPass(timeout);
        return watch.await(gate.acknowledged(), Duration.ofNanos(deadline - System.nanoTime()))
                ? Optional.of(checkpoint())
                : Optional.empty();
    }

    void stored(Checkpoint checkpoint) {
        gate.stored(Acknowledged.at(checkpoint));
    }

    /**
     * Ends the loop in order, or cuts the connection where that takes too long.
     *
     * @throws RelayException if the last confirmation may not have arrived, and poll has not said so already
     */
    @Override
    public void close() {
        boolean settled;
        try {
            // A loop that has ended tells the server nothing more, whatever is vouched for.
            settled = !loop.hasEnded() && settle(SETTLE_LIMIT).isPresent();
            loop.stop();
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
        } finally {
            loop.stop();
            watch.end();
            watchdog.end();
        }
        if (buffer.hasTold()) {
            return;
        }
        RelayException ending = loop.ending();
        if (!loop.endedInOrder()) {
            throw lastConfirmationLost(ending == null ? "the stream was cut" : Failures.message(ending), ending);
        }
        if (!settled && !buffer.hasFailed()) {
            throw lastConfirmationLost(
                    "it could not be seen within " + SETTLE_LIMIT.toSeconds() + " s that the publication is whole",
                    null);
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
