package dev.outbox.relay.server;

import dev.outbox.relay.Delivery;
import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.SlotHeldException;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.status.Paused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to relay: a generation of the engine, a producer and what is known of the topics, which begin and end
 * together. It ends with the first failure of any of them, and what was not stored by then is sent again by the next.
 *
 * <p>For the stream's thread.
 */
final class Attempt implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Attempt.class);
    private static final Duration HELD_INTERVAL = Duration.ofSeconds(1);

    /** Exactly once, the brokers refuse what a relay sends that has lost the slot. */
    private static final Duration NO_LIMIT = Duration.ofDays(10_000);

    private static final Duration STORE_LIMIT = Duration.ofSeconds(30);
    private static final int LONGEST_PART_OF_TIMEOUT = 4;
    private static final int LOOKS_IN_LIMIT = 10;

    private final StreamConfig config;
    private final ProducerSettings settings;
    private final Progress progress;
    private final Control control;
    private final Stop stop;
    private final Unstored unstored;
    private final FirstFailure failure = new FirstFailure();
    private final Cluster cluster;
    private final Tally tally;
    private final RecordPolicy policy;
    private final PoisonedEvents poisoned;
    private final AckTimeout ackTimeout;
    private final DeletedTopics deletedTopics;
    private final Suspension suspension;
    private final RelayEngine engine;
    private final PositionTopic positions;
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable PositionKeeper keeper;
    private @Nullable Paused paused;
    private volatile @Nullable Sending sending;
    private @Nullable Watch watch;

    /**
     * @param control what people want of the stream; what they ask for while this runs requests the stop
     * @param poisoned what is known of events from attempts before; so is what they left unstored
     * @param unended the Kafka transactions that they may have left open
     * @throws RelayException if no client can be made of the properties
     */
    Attempt(
            StreamConfig config,
            RelayEngine engine,
            Progress progress,
            PoisonedEvents poisoned,
            Unstored unstored,
            UnendedTransactions unended,
            Control control,
            Stop stop) {
        this.config = config;
        this.engine = engine;
        this.progress = progress;
        this.poisoned = poisoned;
        this.unstored = unstored;
        this.control = control;
        this.stop = stop;
        settings = new ProducerSettings(config);
        cluster = new Cluster(config, settings.admin());
        Topics topics = new Topics(unended.guard(new ManyTopics(cluster, () -> producer)), settings.maxRequestSize());
        tally = new Tally(progress, config.delivery().exactlyOnce());
        policy = new RecordPolicy(config.name(), config.failure(), topics, poisoned, progress.recordErrors(), tally);
        ackTimeout = new AckTimeout(config.failure().ackTimeout(), System::nanoTime);
        deletedTopics =
                new DeletedTopics(() -> missing(topics), engine::progress, settings.maxBlock(), System::nanoTime);
        suspension = new Suspension(suspensionLimit(), System::nanoTime, System::currentTimeMillis);
        String topic = config.delivery().positionTopic();
        PositionReader reader = new PositionReader(cluster, settings.consumer(), config.bootstrapServers(), topic);
        positions = new PositionTopic(config, cluster, reader, this::openProducer, unended);
    }

    private List<String> missing(Topics topics) {
        List<String> all = new ArrayList<>(topics.known());
        all.add(config.delivery().positionTopic());
        return cluster.missing(all);
    }

    enum Start {
        /** It has the slot. */
        READY,
        /** The stream is paused: {@link #paused} tells by whom. */
        PAUSED,
        /** The stop has come first. */
        STOPPED
    }

    /**
     * Looks whether the brokers answer and the stream is not paused, then takes the slot. While another relay holds it, this
     * one stands by: there is no producer yet that could shut out the other's.
     *
     * @param held is told each time that the slot is held, by whomever
     */
    Start start(Consumer<SlotHeldException> held) throws InterruptedException {
        cluster.requireReachable();
        if (config.delivery().exactlyOnce()) {
            cluster.requireTransactions();
        }
        new PositionTopicSetup(config, cluster).require();
        policy.start();
        watch = Watch.start("stream-" + config.name() + "-watch", lookInterval(), this::look);
        paused = positions.peekPaused().orElse(null);
        while (!stop.requested() && !isPaused()) {
            try {
                progress.moves();
                suspension.begin();
                engine.start(positions);
                paused = positions.paused().orElse(null);
                if (!isPaused()) {
                    begin();
                    return Start.READY;
                }
            } catch (SlotHeldException e) {
                held.accept(e);
                seeWhetherResumed();
                stop.await(HELD_INTERVAL);
            }
        }
        if (isPaused()) {
            return Start.PAUSED;
        }
        if (!unstored.isNothing()) {
            // Another relay may have repeated it meanwhile.
            positions.peek().ifPresent(unstored::stored);
        }
        return Start.STOPPED;
    }

    /** The relay that holds the slot may have been told the same. */
    private void seeWhetherResumed() {
        if (control.resuming()) {
            paused = positions.peekPaused().orElse(null);
            if (paused == null) {
                control.resumed();
            }
        }
    }

    private boolean isPaused() {
        return paused != null && !control.resuming();
    }

    /** The pause that was found at the start, or that the position tells of since the end. */
    Optional<Paused> paused() {
        return Optional.ofNullable(paused);
    }

    private Producer<byte[], byte[]> openProducer() {
        Producer<byte[], byte[]> opened = StreamProducer.open(config, settings, cluster);
        producer = opened;
        return opened;
    }

    private void begin() {
        Producer<byte[], byte[]> opened = Objects.requireNonNull(producer, "made when the position was taken");
        PositionKeeper its = keeper(opened);
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
        positions.pause(null);
        its.begin();
        if (paused != null) {
            resume(its);
        }
        progress.generation(begun.inFlight(), ProducerRetries.of(opened));
    }

    /** Only once it is stored is there no pause any more that the next start would find. */
    private void resume(PositionKeeper its) {
        if (!its.settle(STORE_LIMIT)) {
            throw new RelayException(
                    "The brokers did not say within " + STORE_LIMIT.toSeconds() + " s that they have stored in "
                            + config.delivery().positionTopic() + " that the stream is resumed.",
                    true,
                    null);
        }
        paused = null;
        control.resumed();
    }

    private PositionKeeper keeper(Producer<byte[], byte[]> opened) {
        return config.delivery().exactlyOnce()
                ? new ExactlyOnce(
                        engine,
                        opened,
                        positions,
                        failure,
                        deletedTopics,
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
        try {
            return relay(begun, its);
        } catch (IllegalStateException e) {
            // The watch closes the producer under whatever uses it, and has noted why.
            begun.throwIfFailed();
            throw e;
        }
    }

    private boolean relay(Sending begun, PositionKeeper its) {
        boolean mayEnd = unstored.isNothing();
        while (!stop.requested() || (!mayEnd && !unstored.isNothing() && !stop.halfTime())) {
            progress.moves();
            List<Delivery> deliveries = poll(begun, its);
            policy.coming(deliveries);
            Delivery last = null;
            for (Delivery delivery : deliveries) {
                begun.send(delivery);
                last = delivery;
                if (stop.requested() && mayEndBehind(last)) {
                    break;
                }
            }
            if (last != null) {
                mayEnd = mayEndBehind(last);
            }
            policy.coming(List.of());
            begun.throwIfFailed();
            its.keep();
            deletedTopics.look();
            poisoned.confirmed(engine.confirmedLsn());
        }
        // Nothing that was sent last may be stored over what has failed.
        Paused asked = control.pausing();
        boolean settled = begun.drain() && settle(its, asked);
        begun.throwIfFailed();
        paused = settled ? asked : null;
        // Not for its deliveries, which nobody sends any more: it throws if the database was lost in the meantime.
        engine.poll(Duration.ZERO);
        return settled && unstored.isNothing();
    }

    private boolean mayEndBehind(Delivery sent) {
        return sent.endOfTransaction() && unstored.isRepeatedBy(sent.position());
    }

    /** @param asked the pause to store along with the position, or null */
    private boolean settle(PositionKeeper its, @Nullable Paused asked) {
        if (asked == null) {
            return its.settle(stop.left());
        }
        positions.pause(asked);
        return its.settleAnew(stop.left());
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

    /** The pause that is stored now: another relay may have been told to resume. The one known where nobody tells. */
    Optional<Paused> pausedNow() {
        try {
            paused = positions.peekPaused().orElse(null);
        } catch (RelayException e) {
            log.debug("The position topic could not be looked at.", e);
        }
        return paused();
    }

    @Override
    public void close() {
        try (cluster) {
            standDown();
        }
    }

    /**
     * Gives the slot back. The producer first: what it still calls back belongs to this generation of the engine. May be
     * called twice.
     */
    void standDown() {
        if (watch != null) {
            watch.close();
        }
        try (engine) {
            if (keeper != null) {
                keeper.abandon();
            } else if (producer != null) {
                producer.close(Duration.ZERO);
            }
            progress.ended();
        }
    }
}
