package dev.outbox.relay.benchmarks;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.jspecify.annotations.Nullable;

/** Reads what arrives in a topic, on a thread of its own, and notes how old each event is by then. */
final class Arrivals implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int PRECISION = 3;
    private static final String BEFORE_TIME = "{\"at\":";

    private final Histogram micros = new Histogram(Duration.ofMinutes(10).toMillis() * 1_000, PRECISION);
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private volatile long countedFrom = Long.MAX_VALUE;
    private volatile long count;
    private volatile boolean stopped;
    private volatile @Nullable RuntimeException failure;

    Arrivals(String bootstrapServers, Topic topic) {
        this.consumer = Topic.consumer(bootstrapServers, Map.of());
        consumer.assign(topic.partitions());
        consumer.seekToBeginning(topic.partitions());
        this.thread = new Thread(this::run, "arrivals");
        thread.start();
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // by this thread alone
    private void run() {
        try (consumer) {
            while (!stopped) {
                var records = consumer.poll(POLL);
                long now = micros(Instant.now());
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    note(committedAt(record.value()), now);
                }
                count += records.count();
            }
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    private void note(long committedAt, long now) {
        if (committedAt >= countedFrom) {
            micros.recordValue(Math.max(0, now - committedAt));
        }
    }

    /** Events that are made from now on count. */
    void beginToCount() {
        countedFrom = micros(Instant.now());
    }

    /** How many events have arrived in all. */
    long arrived() {
        RuntimeException e = failure;
        if (e != null) {
            throw new IllegalStateException("What arrives can't be read any more: " + e.getMessage(), e);
        }
        return count;
    }

    /** What was counted, when all is read that was committed. */
    Histogram micros() {
        return micros;
    }

    private static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    private static long committedAt(byte[] payload) {
        long micros = 0;
        for (int i = BEFORE_TIME.length(); payload[i] != ','; i++) {
            micros = 10 * micros + payload[i] - '0';
        }
        return micros;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
