package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.GapException;
import dev.outbox.relay.GapRange;
import dev.outbox.relay.PositionStore;
import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.SlotHeldException;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes one stream behind a gap, if there is one and it is accepted. For one thread, once. */
final class GapAdoption implements AutoCloseable {

    enum Outcome {
        NO_GAP,
        DECLINED,
        ACCEPTED
    }

    private static final Logger log = LoggerFactory.getLogger(GapAdoption.class);

    /** A relay whose stream has FAILED takes the slot for a moment, each time that it looks whether it can go on. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    /** Once the gap is accepted, nobody streams over it: the slot is held for such a look and nothing else. */
    private static final Duration PATIENCE_ONCE_ACCEPTED = Duration.ofSeconds(30);

    private static final long PAUSE_NANOS = 200_000_000;
    private static final Duration STORE_LIMIT = Duration.ofSeconds(30);

    private final StreamConfig config;
    private final String by;
    private final ProducerSettings settings;
    private final Cluster cluster;
    private final PositionTopicSetup setup;
    private final PositionTopic positions;
    private final RelayEngine engine;
    private Optional<Checkpoint> left = Optional.empty();
    private @Nullable GapException accepted;
    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable GapRange recorded;

    /**
     * @param by who accepts, for the record
     * @throws RelayException if no client can be made of the properties
     */
    GapAdoption(StreamConfig config, String by) {
        this.config = config;
        this.by = by;
        settings = new ProducerSettings(config);
        cluster = new Cluster(config, settings.admin());
        setup = new PositionTopicSetup(config, cluster);
        PositionReader reader = new PositionReader(
                cluster,
                settings.consumer(),
                config.bootstrapServers(),
                config.delivery().positionTopic());
        positions = new PositionTopic(config, cluster, reader, this::openProducer, new UnendedTransactions(config));
        engine = new RelayEngine(config.relay());
    }

    /**
     * Whether the stream has a position: without one it has never run, and what is missing for it is no gap.
     *
     * @throws RelayException if the brokers can't be asked
     */
    boolean hasPosition() {
        cluster.requireReachable();
        return new Store().peek().isPresent();
    }

    /**
     * @param decision is given the stored checkpoint and the gap; whether to accept it
     * @throws RelayException if something is wrong that is no gap, or that is still wrong after accepting
     */
    Outcome run(BiPredicate<Optional<Checkpoint>, GapException> decision) {
        cluster.requireReachable();
        if (config.delivery().exactlyOnce()) {
            cluster.requireTransactions();
        }
        long began = System.nanoTime();
        while (true) {
            try {
                engine.adopt(new Store(), gap -> accept(decision, gap), this::store);
                return recorded == null ? Outcome.NO_GAP : Outcome.ACCEPTED;
            } catch (GapException gap) {
                if (accepted != null) {
                    throw gap;
                }
                return Outcome.DECLINED;
            } catch (SlotHeldException e) {
                Duration patience = accepted == null ? PATIENCE : PATIENCE_ONCE_ACCEPTED;
                if (System.nanoTime() - began > patience.toNanos()) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** The events that may be missing for the gap that was accepted, as recorded. */
    GapRange recorded() {
        return Objects.requireNonNull(recorded, "no gap was accepted");
    }

    private boolean accept(BiPredicate<Optional<Checkpoint>, GapException> decision, GapException gap) {
        if (accepted == null && decision.test(left, gap)) {
            accepted = gap;
        }
        return accepted != null;
    }

    /** Claims nothing before the gap is accepted. */
    private final class Store implements PositionStore {

        @Override
        public Optional<Checkpoint> peek() {
            left = setup.exists() ? positions.peek() : Optional.empty();
            return left;
        }

        @Override
        public Optional<Checkpoint> take() {
            if (accepted == null) {
                return peek();
            }
            setup.require();
            return positions.take();
        }
    }

    private Producer<byte[], byte[]> openProducer() {
        closeProducer();
        Producer<byte[], byte[]> opened = StreamProducer.open(config, settings, cluster);
        producer = opened;
        return opened;
    }

    private void store(Checkpoint checkpoint, GapRange range) {
        Producer<byte[], byte[]> open = Objects.requireNonNull(producer, "made when the position was taken");
        Adopted adopted = new Adopted(by, Instant.now(), range);
        boolean transaction = config.delivery().exactlyOnce();
        try {
            if (transaction) {
                open.beginTransaction();
            }
            open.send(positions.adopted(checkpoint, adopted)).get(STORE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (transaction) {
                open.commitTransaction();
            }
        } catch (ExecutionException e) {
            throw notStored(e.getCause() instanceof Exception cause ? cause : e);
        } catch (TimeoutException | KafkaException e) {
            throw notStored(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw notStored(e);
        }
        recorded = range;
        log.warn(
                "The gap is accepted by {}, and recorded in {}. The stream goes on behind {}.",
                by,
                config.delivery().positionTopic(),
                checkpoint.confirmableLsn());
    }

    private RelayException notStored(Exception error) {
        return new RelayException(
                "The gap was accepted, but the brokers did not say that they have stored it: "
                        + Sentences.of(KafkaErrors.position(config.delivery().positionTopic(), error))
                        + " Run the command again.",
                true,
                error);
    }

    private void closeProducer() {
        if (producer != null) {
            producer.close(Duration.ZERO);
        }
    }

    @Override
    public void close() {
        try (cluster;
                engine) {
            closeProducer();
        }
    }
}
