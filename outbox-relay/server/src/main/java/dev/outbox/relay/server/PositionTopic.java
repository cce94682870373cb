package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.PositionStore;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.status.Paused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/**
 * A stream's position in a topic of its own: compacted, and of one partition, for in a shared one another stream's open
 * transaction would hide this one's last record. One for each attempt, for the stream's thread.
 */
final class PositionTopic implements PositionStore {

    private final StreamConfig config;
    private final Cluster cluster;
    private final PositionReader reader;
    private final Supplier<Producer<byte[], byte[]>> claim;
    private final UnendedTransactions unended;
    private final @Nullable String transactionalId;
    private final byte[] key;
    private long epoch;
    private @Nullable Adopted adopted;
    private @Nullable Paused paused;

    /**
     * @param claim makes the producer, which shuts out the one before where it has transactions
     * @param unended the stream's, over all attempts
     */
    PositionTopic(
            StreamConfig config,
            Cluster cluster,
            PositionReader reader,
            Supplier<Producer<byte[], byte[]>> claim,
            UnendedTransactions unended) {
        this.config = config;
        this.cluster = cluster;
        this.reader = reader;
        this.claim = claim;
        this.unended = unended;
        this.transactionalId =
                config.delivery().exactlyOnce() ? config.delivery().transactionalId() : null;
        this.key = config.name().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Optional<Checkpoint> peek() {
        return reader.committed().map(PositionRecord::checkpoint);
    }

    @Override
    public Optional<Checkpoint> take() {
        reader.committed().ifPresent(this::shutOut);
        Optional<PositionRecord> last = transactionalId == null ? takeOver() : takeOverTransactions();
        adopted = last.map(PositionRecord::adopted).orElse(null);
        paused = last.map(PositionRecord::paused).orElse(null);
        epoch = last.map(PositionRecord::epoch).orElse(0L) + 1;
        return last.map(PositionRecord::checkpoint);
    }

    private Optional<PositionRecord> takeOver() {
        var unused = claim.get();
        return reader.settled();
    }

    private Optional<PositionRecord> takeOverTransactions() {
        unended.note(cluster);
        Producer<byte[], byte[]> producer = claim.get();
        unended.end(cluster, producer, reader);
        return reader.settled();
    }

    /** The last one to write may have used another transactional id, and may still be alive. */
    private void shutOut(PositionRecord last) {
        String other = last.transactionalId();
        if (other == null || other.equals(transactionalId)) {
            return;
        }
        try {
            var unused =
                    cluster.ask(admin -> admin.fenceProducers(List.of(other)).all());
        } catch (KafkaException e) {
            throw KafkaErrors.fencing(other, config.bootstrapServers(), e);
        }
    }

    /** A checkpoint as a record, to be sent by the holder of the slot. */
    ProducerRecord<byte[], byte[]> record(Checkpoint checkpoint) {
        byte[] value = PositionFormat.write(
                new PositionRecord(epoch, checkpoint, transactionalId, adopted, paused), Instant.now());
        return new ProducerRecord<>(config.delivery().positionTopic(), 0, key, value);
    }

    /** The same with a gap that was accepted, of which the records after it tell as well. */
    ProducerRecord<byte[], byte[]> adopted(Checkpoint checkpoint, Adopted gap) {
        adopted = gap;
        return record(checkpoint);
    }

    /** That the stream is paused, as far as it is committed by now. Claims nothing. */
    Optional<Paused> peekPaused() {
        return reader.committed().map(PositionRecord::paused);
    }

    /** The pause that was found when the position was taken, or asked for since. */
    Optional<Paused> paused() {
        return Optional.ofNullable(paused);
    }

    /** The records from now on tell that the stream is paused; or no longer, for null. */
    void pause(@Nullable Paused asked) {
        paused = asked;
    }

    String name() {
        return config.delivery().positionTopic();
    }
}
