package dev.outbox.samples.reader;

import dev.outbox.samples.cli.SampleException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RetriableCommitFailedException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consumes a topic of person events into a read model, each event once: what the poll brought is applied in one database
 * transaction together with the inbox, then the offsets are committed. Whoever dies in between gets the same records
 * again, and the inbox knows them.
 */
public final class Reader implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reader.class);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration REACH_LIMIT = Duration.ofSeconds(10);

    private final ReaderSettings settings;
    private final RecordListener listener;
    private final RecordDecoder decoder = new RecordDecoder();
    private final ReadModel readModel;
    private final KafkaConsumer<String, byte[]> consumer;
    private volatile ReaderSummary summary = ReaderSummary.NOTHING;
    private volatile boolean stopped;

    private Reader(
            ReaderSettings settings,
            RecordListener listener,
            ReadModel readModel,
            KafkaConsumer<String, byte[]> consumer) {
        this.settings = settings;
        this.listener = listener;
        this.readModel = readModel;
        this.consumer = consumer;
    }

    /**
     * Connects to both sides; makes the tables {@code persons} and {@code inbox} where they are missing.
     *
     * @throws SampleException if either can't be reached
     */
    public static Reader open(ReaderSettings settings, RecordListener listener) {
        requireBroker(settings.bootstrapServers());
        ReadModel readModel = ReadModel.open(settings);
        return new Reader(settings, listener, readModel, consumer(settings));
    }

    private static KafkaConsumer<String, byte[]> consumer(ReaderSettings settings) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", settings.bootstrapServers(),
                        "group.id", settings.group(),
                        "enable.auto.commit", "false",
                        "auto.offset.reset", "earliest",
                        "isolation.level", "read_committed",
                        "max.poll.records", "2000"),
                new StringDeserializer(),
                new ByteArrayDeserializer());
    }

    /** A consumer waits for a missing broker for ever; a user would rather be told. */
    private static void requireBroker(String bootstrapServers) {
        int limit = (int) REACH_LIMIT.toMillis();
        try (Admin admin = Admin.create(Map.of(
                "bootstrap.servers", bootstrapServers, "default.api.timeout.ms", limit, "request.timeout.ms", limit))) {
            admin.describeCluster().nodes().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SampleException("Interrupted while connecting to Kafka.", e);
        } catch (ExecutionException | KafkaException e) {
            throw new SampleException(
                    "Kafka at %s can't be reached (%s); check --bootstrap-servers."
                            .formatted(bootstrapServers, innermost(e)),
                    e);
        }
    }

    private static String innermost(Throwable e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : innermost(e.getCause());
    }

    /**
     * Reads until it is stopped, or what the settings say has come true. Call it once.
     *
     * @throws SampleException if a record is not one of the relay's, or the database failed
     */
    public ReaderSummary run() {
        consumer.subscribe(List.of(settings.topic()));
        long lastRecord = System.nanoTime();
        try {
            while (!stopped && !countReached() && !idleSince(lastRecord)) {
                ConsumerRecords<String, byte[]> records = consumer.poll(POLL);
                if (!records.isEmpty()) {
                    summary = summary.plus(readModel.apply(decode(records)));
                    commitOffsets();
                    lastRecord = System.nanoTime();
                }
            }
        } catch (WakeupException e) {
            LOG.debug("Stopped while waiting for records.");
        }
        return summary;
    }

    /** Ends after the batch at hand; from any thread, and any number of times. */
    public void stop() {
        stopped = true;
        consumer.wakeup();
    }

    /** How far it is; from any thread. */
    public ReaderSummary progress() {
        return summary;
    }

    private List<PersonEvent> decode(ConsumerRecords<String, byte[]> records) {
        List<PersonEvent> events = new ArrayList<>(records.count());
        for (ConsumerRecord<String, byte[]> record : records) {
            ReceivedEvent envelope = decoder.envelope(record);
            listener.received(envelope);
            events.add(decoder.event(record, envelope));
        }
        return events;
    }

    /**
     * The database has committed, so a commit of offsets that a rebalance prevents is no loss: whoever has the partition
     * now reads the records again, and the inbox ignores them. Nothing is under way when a rebalance takes a partition
     * away, because that happens inside poll.
     */
    private void commitOffsets() {
        try {
            consumer.commitSync();
        } catch (CommitFailedException | RebalanceInProgressException | RetriableCommitFailedException e) {
            LOG.info("Offsets not committed because of a rebalance; these records will come again.");
        }
    }

    private boolean countReached() {
        return settings.count() > 0 && summary.received() >= settings.count();
    }

    private boolean idleSince(long lastRecord) {
        return settings.untilIdle() != null
                && System.nanoTime() - lastRecord > settings.untilIdle().toNanos();
    }

    /** Leaves the group and closes the connections; after {@link #run()} has returned. */
    @Override
    public void close() {
        consumer.close();
        readModel.close();
    }
}
