package dev.outbox.relay.server;

import dev.outbox.relay.Delivery;
import dev.outbox.relay.PositionStore;
import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to relay: a generation of the engine, a producer and what is known of the topics, which begin and end
 * together. It ends with the first failure of any of them, and what was not confirmed by then is sent again by the next.
 *
 * <p>For the stream's thread; acknowledgements arrive on the producer's.
 */
final class Attempt implements AutoCloseable {

    private static final Duration POLL_TIMEOUT = Duration.ofMillis(100);
    private static final long DRAIN_CHECK_NANOS = 1_000_000;

    private final Progress progress;
    private final Stop stop;
    private final Thread host = Thread.currentThread();
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicReference<@Nullable RelayException> failure = new AtomicReference<>();
    private final Cluster cluster;
    private final RecordPolicy policy;
    private final PoisonedEvents poisoned;
    private final AckTimeout ackTimeout;
    private final RelayEngine engine;
    private final Producer<byte[], byte[]> producer;

    /** @throws RelayException if no broker answers, or no client can be made of the properties */
    Attempt(StreamConfig config, RelayEngine engine, Progress progress, PoisonedEvents poisoned, Stop stop) {
        this.engine = engine;
        this.progress = progress;
        this.poisoned = poisoned;
        this.stop = stop;
        ProducerSettings settings = new ProducerSettings(config);
        cluster = new Cluster(config, settings.admin());
        Topics topics = new Topics(cluster::maxMessageBytes, settings.maxRequestSize());
        policy = new RecordPolicy(config.name(), config.failure(), topics, poisoned, progress.recordErrors());
        ackTimeout = new AckTimeout(config.failure().ackTimeout(), System::nanoTime);
        try {
            // Before there is a producer: one that waits for a broker that hangs can't be closed for
            // request.timeout.ms.
            cluster.requireReachable();
            producer = cluster.create(() -> new KafkaProducer<>(settings.producer()));
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    /** Looks whether dead letters have a topic, then takes the slot. */
    void start() {
        policy.start();
        engine.start(PositionStore.NONE);
        progress.generation(inFlight, engine::confirmedLsn);
    }

    /**
     * Relays until the stop, then waits for what is in flight.
     *
     * @return whether everything that was sent is acknowledged, and whole transactions at that
     * @throws RelayException at the first failure
     */
    boolean relay() {
        boolean betweenTransactions = true;
        while (!stop.requested() || (!betweenTransactions && !stop.halfTime())) {
            for (Delivery delivery : poll()) {
                send(delivery);
                betweenTransactions = delivery.endOfTransaction();
                if (betweenTransactions && stop.requested()) {
                    break;
                }
            }
            poisoned.confirmed(engine.confirmedLsn());
            throwIfFailed();
        }
        while (inFlight.get() > 0 && !stop.left().isZero()) {
            throwIfFailed();
            LockSupport.parkNanos(DRAIN_CHECK_NANOS);
        }
        throwIfFailed();
        // Not for its deliveries, which nobody sends any more: it throws if the database was lost in the meantime.
        engine.poll(Duration.ZERO);
        return betweenTransactions && inFlight.get() == 0;
    }

    private List<Delivery> poll() {
        try {
            return engine.poll(POLL_TIMEOUT);
        } catch (RelayException e) {
            // Where the host itself gave the reason, its words are the better ones.
            throwIfFailed();
            throw e;
        }
    }

    private void send(Delivery delivery) {
        throwIfFailed();
        inFlight.incrementAndGet();
        try {
            RecordException objection = policy.objection(delivery);
            if (objection != null) {
                divert(delivery, objection);
            } else if (policy.sendAlone(delivery)) {
                awaitOthers();
                send(delivery, delivery.record(), null);
                awaitNone();
            } else {
                send(delivery, delivery.record(), null);
            }
        } catch (RelayException e) {
            // What comes before it would come again with each attempt otherwise.
            awaitOthers();
            settle(delivery, e, null);
        } catch (RuntimeException e) {
            settle(delivery, e, null);
        }
    }

    private void divert(Delivery delivery, RecordException objection) {
        RelayRecord letter = policy.divert(delivery, objection);
        if (letter == null) {
            settle(delivery, null, objection);
        } else {
            send(delivery, letter, objection);
        }
    }

    /** @param objection why the record is a dead letter, or null if it is the event itself */
    private void send(Delivery delivery, RelayRecord record, @Nullable RecordException objection) {
        AtomicLong sent = ackTimeout.sending();
        var unused = producer.send(toKafka(record), (metadata, error) -> {
            AckTimeout.answered(sent);
            settle(
                    delivery,
                    error == null || objection == null ? error : KafkaErrors.deadLetterRefused(record, error),
                    objection);
        });
    }

    private void settle(Delivery delivery, @Nullable Exception error, @Nullable RecordException objection) {
        if (error != null) {
            fail(delivery, error);
        } else {
            delivery.ack();
            if (objection == null) {
                progress.relayed();
            } else {
                policy.diverted(delivery, objection);
            }
        }
        inFlight.decrementAndGet();
    }

    private void awaitOthers() {
        awaitInFlight(1);
    }

    private void awaitNone() {
        awaitInFlight(0);
    }

    private void awaitInFlight(long atMost) {
        while (inFlight.get() > atMost && failure.get() == null && !stop.requested()) {
            ackTimeout.requireInTime();
            LockSupport.parkNanos(DRAIN_CHECK_NANOS);
        }
    }

    /** The first failure ends the attempt; those after it are its consequences, but may say more. */
    private void fail(Delivery delivery, Exception error) {
        RelayException sentence = KafkaErrors.refused(delivery.salvaged(), error);
        if (sentence instanceof RecordException refused && !(error instanceof RelayException)) {
            policy.refused(delivery, refused);
        }
        RelayException known = failure.getAndUpdate(
                first -> first == null || KafkaErrors.saysLess(first, sentence) ? sentence : first);
        if (known == null) {
            delivery.fail(sentence);
            if (Thread.currentThread() != host) {
                // On the producer's own thread, before it sends another batch: a later event of the same aggregate that
                // waits behind the refused one must not go out in its place.
                producer.close(Duration.ZERO);
            }
        }
    }

    private void throwIfFailed() {
        ackTimeout.requireInTime();
        if (failure.get() != null) {
            // Ends the producer's thread, and with it the last callback, which may be the one that names the cause.
            producer.close(Duration.ZERO);
            throw Objects.requireNonNull(failure.get());
        }
    }

    private static ProducerRecord<byte[], byte[]> toKafka(RelayRecord record) {
        RecordHeaders headers = new RecordHeaders();
        for (RelayHeader header : record.headers()) {
            headers.add(header.name(), header.value());
        }
        return new ProducerRecord<>(record.topic(), null, record.timestamp(), record.key(), record.value(), headers);
    }

    /** Never flushes: after a failure nothing more may go out, and after a clean stop nothing is left. */
    @Override
    public void close() {
        try (cluster;
                engine) {
            producer.close(Duration.ZERO);
            progress.ended();
        }
    }
}
