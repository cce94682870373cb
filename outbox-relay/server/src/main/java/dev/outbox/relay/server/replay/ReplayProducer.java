package dev.outbox.relay.server.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.KafkaErrors;
import dev.outbox.relay.server.KafkaRecords;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.RecordException;
import dev.outbox.relay.server.Topics;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.jspecify.annotations.Nullable;

/**
 * A producer of its own, beside the relay's: without its transactional id, which would shut the relay out. Each record is
 * marked by the header {@value #HEADER}. For one thread.
 */
final class ReplayProducer implements AutoCloseable {

    /** Of every record that was sent again; its value is when that began, the same for all of one run. */
    static final String HEADER = "outbox.replay";

    private static final int ANSWER_LIMIT_MILLIS = 120_000;

    /** The objects around a record that is on its way, in bytes. */
    private static final int OBJECTS = 512;

    private final Cluster cluster;
    private final Topics topics;
    private final Producer<byte[], byte[]> producer;
    private final Tally tally;
    private final RelayHeader mark;
    private final int mostBytesInFlight;
    private final Semaphore room;
    private final AtomicReference<@Nullable RelayException> failure = new AtomicReference<>();

    /** @throws RelayException if the brokers can't be reached */
    ReplayProducer(StreamConfig config, Tally tally) {
        this.tally = tally;
        mostBytesInFlight = (int) Math.min(config.relay().maxBytesInFlight(), Integer.MAX_VALUE);
        room = new Semaphore(mostBytesInFlight);
        ProducerSettings settings = new ProducerSettings(config);
        cluster = new Cluster(config, settings.admin());
        try {
            cluster.requireReachable();
            topics = new Topics(cluster, settings.maxRequestSize());
            producer = cluster.create(() -> new KafkaProducer<>(properties(settings)));
        } catch (RelayException e) {
            cluster.close();
            throw e;
        }
        mark = new RelayHeader(
                HEADER, Instant.now().truncatedTo(ChronoUnit.MILLIS).toString().getBytes(UTF_8));
    }

    private static Map<String, Object> properties(ProducerSettings settings) {
        Map<String, Object> properties = settings.producer();
        properties.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
        properties.remove(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, properties.get(ProducerConfig.CLIENT_ID_CONFIG) + "-replay");
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
        // A command has an end: whoever started it waits for it.
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_LIMIT_MILLIS / 4);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 2);
        // One largest record has to fit. It bounds what is compressed; what is not is bounded by the room.
        properties.put(ProducerConfig.BUFFER_MEMORY_CONFIG, (long) settings.maxRequestSize());
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_LIMIT_MILLIS);
        return properties;
    }

    /**
     * Sends it, once there is room for it among the bytes in flight. One that is refused for what it is, is counted and
     * the next can be sent.
     *
     * @param what by which a person finds the event, if it is refused
     * @throws RelayException if something has failed that says nothing of one record
     */
    void send(RelayRecord record, String what) {
        throwIfFailed();
        RelayRecord marked = marked(record);
        try {
            topics.requireTaken(marked);
        } catch (RecordException e) {
            tally.refused(what, e);
            return;
        }
        int size = (int) Math.min(OBJECTS + Topics.size(marked), mostBytesInFlight);
        room.acquireUninterruptibly(size);
        var unused = producer.send(KafkaRecords.of(marked), (metadata, error) -> {
            room.release(size);
            if (error == null) {
                tally.sent(record.topic());
                return;
            }
            RelayException sentence = KafkaErrors.refused(record, error);
            if (sentence instanceof RecordException) {
                tally.refused(what, sentence);
            } else {
                failure.compareAndSet(null, sentence);
            }
        });
    }

    private RelayRecord marked(RelayRecord record) {
        List<RelayHeader> headers = new ArrayList<>(record.headers());
        headers.removeIf(header -> header.name().equals(HEADER));
        headers.add(mark);
        return new RelayRecord(record.topic(), record.key(), record.value(), headers, record.timestamp());
    }

    /**
     * Waits until everything is acknowledged.
     *
     * @throws RelayException if something has failed that says nothing of one record
     */
    void flush() {
        producer.flush();
        throwIfFailed();
    }

    private void throwIfFailed() {
        RelayException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }

    @Override
    public void close() {
        try (cluster) {
            producer.close(Duration.ZERO);
        }
    }
}
