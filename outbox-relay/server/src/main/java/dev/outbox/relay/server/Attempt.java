package dev.outbox.relay.server;

import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.SlotHeldException;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to relay: a generation of the engine, a producer and what is known of the topics, which begin and end
 * together. It ends with the first failure of any of them, and what was not stored by then is sent again by the next.
 *
 * <p>For the stream's thread; acknowledgements arrive on the producer's.
 */
final class Attempt implements AutoCloseable {

    private static final Duration STANDBY_INTERVAL = Duration.ofSeconds(1);

    /** Exactly once, the brokers refuse what a relay sends that has lost the slot. */
    private static final Duration NO_LIMIT = Duration.ofDays(10_000);

    private static final long DRAIN_CHECK_NANOS = 1_000_000;
    private static final int LONGEST_PART_OF_TIMEOUT = 4;

    private final StreamConfig config;
    private final ProducerSettings settings;
    private final Progress progress;
    private final Stop stop;
    private final Thread host = Thread.currentThread();
    private final AtomicLong inFlight = new AtomicLong();
    private final AtomicReference<@Nullable RelayException> failure = new AtomicReference<>();
    private final Cluster cluster;
    private final RecordPolicy policy;
    private final PoisonedEvents poisoned;
    private final AckTimeout ackTimeout;
    private final Suspension suspension;
    private final RelayEngine engine;
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable PositionKeeper keeper;

    /** @throws RelayException if no client can be made of the properties */
    Attempt(StreamConfig config, RelayEngine engine, Progress progress, PoisonedEvents poisoned, Stop stop) {
        this.config = config;
        this.engine = engine;
        this.progress = progress;
        this.poisoned = poisoned;
        this.stop = stop;
        settings = new ProducerSettings(config);
        cluster = new Cluster(config, settings.admin());
        Topics topics = new Topics(cluster::maxMessageBytes, settings.maxRequestSize());
        policy = new RecordPolicy(config.name(), config.failure(), topics, poisoned, progress.recordErrors());
        ackTimeout = new AckTimeout(config.failure().ackTimeout(), System::nanoTime);
        suspension = new Suspension(
                config.delivery().exactlyOnce()
                        ? NO_LIMIT
                        : config.relay().walSenderTimeout().dividedBy(2),
                System::nanoTime,
                System::currentTimeMillis);
    }

    /**
     * Looks whether the brokers answer, then takes the slot. While another relay holds it, this one stands by: there is no
     * producer yet that could shut out the other's.
     *
     * @param standingBy is told each time that the slot is held
     * @return whether it has the slot; if not, the stop has come first
     */
    boolean start(Consumer<SlotHeldException> standingBy) throws InterruptedException {
        cluster.requireReachable();
        if (config.delivery().exactlyOnce()) {
            cluster.requireTransactions();
        }
        new PositionTopicSetup(config, cluster).require();
        policy.start();
        String topic = config.delivery().positionTopic();
        PositionReader reader = new PositionReader(cluster, settings.consumer(), config.bootstrapServers(), topic);
        PositionTopic positions = new PositionTopic(config, cluster, reader, this::openProducer);
        while (!stop.requested()) {
            try {
                engine.start(positions);
                suspension.begin();
                keeper = keeper(positions);
                keeper.begin();
                progress.generation(inFlight, ProducerRetries.of(producer()));
                return true;
            } catch (SlotHeldException e) {
                standingBy.accept(e);
                stop.await(STANDBY_INTERVAL);
            }
        }
        return false;
    }

    private void openProducer() {
        Producer<byte[], byte[]> opened = cluster.create(() -> new KafkaProducer<>(settings.producer()));
        producer = opened;
        if (config.delivery().exactlyOnce()) {
            try {
                opened.initTransactions();
            } catch (KafkaException e) {
                throw KafkaErrors.transaction(e);
            }
        }
    }

    private PositionKeeper keeper(PositionTopic positions) {
        return config.delivery().exactlyOnce()
                ? new ExactlyOnce(
                        engine,
                        producer(),
                        positions,
                        this::positionRefused,
                        this::throwIfFailed,
                        config.delivery().commitInterval(),
                        Duration.ofMillis(settings.transactionTimeoutMillis() / LONGEST_PART_OF_TIMEOUT))
                : new AtLeastOnce(engine, producer(), positions, this::positionRefused);
    }

    /**
     * Relays until the stop, then waits for what is in flight.
     *
     * @return whether everything that was sent is stored as delivered, so that nothing of it comes again
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
            throwIfFailed();
            keeper().keep();
            poisoned.confirmed(engine.confirmedLsn());
        }
        while (inFlight.get() > 0 && !stop.left().isZero()) {
            throwIfFailed();
            LockSupport.parkNanos(DRAIN_CHECK_NANOS);
        }
        // What has failed is not in flight either, and what was sent last must not be stored over it.
        throwIfFailed();
        boolean settled = inFlight.get() == 0 && keeper().settle(stop.left());
        throwIfFailed();
        // Not for its deliveries, which nobody sends any more: it throws if the database was lost in the meantime.
        engine.poll(Duration.ZERO);
        return settled;
    }

    private List<Delivery> poll() {
        try {
            return engine.poll(keeper().untilNext());
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
            keeper().sending();
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
            settleOthers();
            settle(delivery, e, null);
            return;
        } catch (RuntimeException e) {
            settle(delivery, e, null);
            return;
        }
        keeper().sent(delivery);
    }

    private void settleOthers() {
        if (inFlight.get() == 1 && failure.get() == null) {
            boolean unused = keeper().settle(stop.left());
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
        var unused = producer().send(toKafka(record), (metadata, error) -> {
            AckTimeout.answered(sent);
            if (suspension.noticed()) {
                // Before the producer's thread sends another batch.
                ended(suspended());
                keeper().refused();
            }
            if (error == null && objection == null) {
                progress.relayed(
                        metadata.serializedKeySize() + Math.max(0, metadata.serializedValueSize()),
                        delivery.committedAtMillis());
            }
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
            if (objection != null) {
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
        if (ended(sentence)) {
            delivery.fail(sentence);
            if (Thread.currentThread() != host) {
                keeper().refused();
            }
        }
    }

    /** Notes what ends the attempt; returns whether it is the first. */
    private boolean ended(RelayException sentence) {
        return failure.getAndUpdate(first -> first == null || KafkaErrors.saysLess(first, sentence) ? sentence : first)
                == null;
    }

    private void positionRefused(Exception error) {
        if (ended(KafkaErrors.position(config.delivery().positionTopic(), error))) {
            keeper().refused();
        }
    }

    private RelayException suspended() {
        return new RelayException(
                "The relay was suspended, and may have lost the slot meanwhile: what it has not sent yet is read again"
                        + " by whoever holds the slot now.",
                true,
                null);
    }

    private void throwIfFailed() {
        ackTimeout.requireInTime();
        if (suspension.noticed()) {
            ended(suspended());
        }
        if (failure.get() != null) {
            // Ends the producer's thread, and with it the last callback, which may be the one that names the cause.
            keeper().abandon();
            throw Objects.requireNonNull(failure.get());
        }
    }

    private Producer<byte[], byte[]> producer() {
        return Objects.requireNonNull(producer, "not started");
    }

    private PositionKeeper keeper() {
        return Objects.requireNonNull(keeper, "not started");
    }

    private static ProducerRecord<byte[], byte[]> toKafka(RelayRecord record) {
        RecordHeaders headers = new RecordHeaders();
        for (RelayHeader header : record.headers()) {
            headers.add(header.name(), header.value());
        }
        return new ProducerRecord<>(record.topic(), null, record.timestamp(), record.key(), record.value(), headers);
    }

    /** The producer first: what it still calls back belongs to this generation of the engine. */
    @Override
    public void close() {
        try (cluster;
                engine) {
            if (keeper != null) {
                keeper.abandon();
            } else if (producer != null) {
                producer.close(Duration.ZERO);
            }
            progress.ended();
        }
    }
}
