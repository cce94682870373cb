package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.SlotHeldException;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to relay: a generation of the engine, a producer and what is known of the topics, which begin and end
 * together. It ends with the first failure of any of them, and what was not stored by then is sent again by the next.
 *
 * <p>For the stream's thread.
 */
final class Attempt implements AutoCloseable {

    private static final Duration STANDBY_INTERVAL = Duration.ofSeconds(1);

    /** Exactly once, the brokers refuse what a relay sends that has lost the slot. */
    private static final Duration NO_LIMIT = Duration.ofDays(10_000);

    private static final int LONGEST_PART_OF_TIMEOUT = 4;
    private static final int LOOKS_IN_LIMIT = 10;

    private final StreamConfig config;
    private final ProducerSettings settings;
    private final Progress progress;
    private final Stop stop;
    private final Unstored unstored;
    private final FirstFailure failure = new FirstFailure();
    private final Cluster cluster;
    private final Tally tally;
    private final RecordPolicy policy;
    private final PoisonedEvents poisoned;
    private final AckTimeout ackTimeout;
    private final Suspension suspension;
    private final RelayEngine engine;
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable PositionKeeper keeper;
    private volatile @Nullable Sending sending;
    private @Nullable Watch watch;

    /**
     * @param poisoned what is known of events from attempts before; so is what they left unstored
     * @throws RelayException if no client can be made of the properties
     */
    Attempt(
            StreamConfig config,
            RelayEngine engine,
            Progress progress,
            PoisonedEvents poisoned,
            Unstored unstored,
            Stop stop) {
        this.config = config;
        this.engine = engine;
        this.progress = progress;
        this.poisoned = poisoned;
        this.unstored = unstored;
        this.stop = stop;
        settings = new ProducerSettings(config);
        cluster = new Cluster(config, settings.admin());
        Topics topics = new Topics(cluster::maxMessageBytes, settings.maxRequestSize());
        tally = new Tally(progress, config.delivery().exactlyOnce());
        policy = new RecordPolicy(config.name(), config.failure(), topics, poisoned, progress.recordErrors(), tally);
        ackTimeout = new AckTimeout(config.failure().ackTimeout(), System::nanoTime);
        suspension = new Suspension(suspensionLimit(), System::nanoTime, System::currentTimeMillis);
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
        watch = Watch.start("stream-" + config.name() + "-watch", lookInterval(), this::look);
        while (!stop.requested()) {
            try {
                suspension.begin();
                engine.start(positions);
                begin(positions);
                return true;
            } catch (SlotHeldException e) {
                standingBy.accept(e);
                stop.await(STANDBY_INTERVAL);
            }
        }
        if (!unstored.isNothing()) {
            // Another relay may have repeated it meanwhile.
            positions.peek().map(Checkpoint::position).ifPresent(unstored::stored);
        }
        return false;
    }

    private void openProducer() {
        producer = StreamProducer.open(config, settings, cluster);
    }

    private void begin(PositionTopic positions) {
        Producer<byte[], byte[]> opened = Objects.requireNonNull(producer, "made when the position was taken");
        PositionKeeper its = keeper(opened, positions);
        keeper = its;
        Sending begun = new Sending(
                opened,
                its,
                policy,
                failure,
                ackTimeout,
                suspension,
                progress,
                tally,
                stop,
                config.delivery().exactlyOnce());
        sending = begun;
        its.begin();
        progress.generation(begun.inFlight(), engine::confirmedLsn);
    }

    private PositionKeeper keeper(Producer<byte[], byte[]> opened, PositionTopic positions) {
        return config.delivery().exactlyOnce()
                ? new ExactlyOnce(
                        engine,
                        opened,
                        positions,
                        failure,
                        tally,
                        config.delivery().commitInterval(),
                        Duration.ofMillis(settings.transactionTimeoutMillis() / LONGEST_PART_OF_TIMEOUT))
                : new AtLeastOnce(engine, opened, positions, failure, unstored, tally);
    }

    /** The stream's thread may wait for brokers for long. */
    private void look() {
        Sending begun = sending;
        if (begun == null) {
            boolean unused = suspension.noticed();
        } else {
            begun.look();
        }
    }

    private Duration lookInterval() {
        Duration limit = config.failure()
                .ackTimeout()
                .filter(timeout -> timeout.compareTo(suspensionLimit()) < 0)
                .orElse(suspensionLimit());
        return limit.dividedBy(LOOKS_IN_LIMIT);
    }

    private Duration suspensionLimit() {
        return config.delivery().exactlyOnce()
                ? NO_LIMIT
                : config.relay().walSenderTimeout().dividedBy(2);
    }

    /**
     * Relays until the stop, and then to the end of the transaction and of what attempts before had sent, as far as the
     * time allows; waits for what is in flight.
     *
     * @return whether everything that was sent is stored as delivered, so that nothing of it comes again
     * @throws RelayException at the first failure
     */
    boolean relay() {
        Sending begun = Objects.requireNonNull(sending, "not started");
        PositionKeeper its = Objects.requireNonNull(keeper, "not started");
        boolean mayEnd = unstored.isNothing();
        while (!stop.requested() || (!mayEnd && !stop.halfTime())) {
            for (Delivery delivery : poll(begun, its)) {
                begun.send(delivery);
                mayEnd = delivery.endOfTransaction() && unstored.isRepeatedBy(delivery.position());
                if (mayEnd && stop.requested()) {
                    break;
                }
            }
            begun.throwIfFailed();
            its.keep();
            poisoned.confirmed(engine.confirmedLsn());
        }
        // Nothing that was sent last may be stored over what has failed.
        boolean settled = begun.drain() && its.settle(stop.left());
        begun.throwIfFailed();
        // Not for its deliveries, which nobody sends any more: it throws if the database was lost in the meantime.
        engine.poll(Duration.ZERO);
        return settled && unstored.isNothing();
    }

    private List<Delivery> poll(Sending begun, PositionKeeper its) {
        try {
            return engine.poll(its.untilNext());
        } catch (RelayException e) {
            // Where the host itself gave the reason, its words are the better ones.
            begun.throwIfFailed();
            throw e;
        }
    }

    /** The producer first: what it still calls back belongs to this generation of the engine. */
    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
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
