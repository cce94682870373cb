package dev.outbox.relay.server;

import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the producer of many topics at once. When it is sent to one that it does not know it asks for that one, and not
 * more often than every {@code retry.backoff.ms}: a thousand would take it minutes. Asked side by side, it asks for all of
 * them in one request.
 */
final class ManyTopics implements Topics.Limits {

    private static final Logger log = LoggerFactory.getLogger(ManyTopics.class);
    private static final int SIDE_BY_SIDE = 50;

    private final Topics.Limits cluster;
    private final Supplier<@Nullable Producer<byte[], byte[]>> producer;

    /** @param cluster is asked for the limits */
    ManyTopics(Topics.Limits cluster, Supplier<@Nullable Producer<byte[], byte[]>> producer) {
        this.cluster = cluster;
        this.producer = producer;
    }

    @Override
    public int maxMessageBytes(String topic) {
        return cluster.maxMessageBytes(topic);
    }

    @Override
    public Map<String, Integer> maxMessageBytes(Collection<String> topics) {
        Map<String, Integer> limits = cluster.maxMessageBytes(topics);
        Producer<byte[], byte[]> asked = producer.get();
        if (asked != null && !limits.isEmpty()) {
            ask(asked, limits.keySet());
        }
        return limits;
    }

    private static void ask(Producer<byte[], byte[]> producer, Collection<String> topics) {
        ExecutorService asking =
                Executors.newFixedThreadPool(Math.min(topics.size(), SIDE_BY_SIDE), ManyTopics::daemon);
        topics.forEach(topic -> asking.execute(() -> ask(producer, topic)));
        asking.shutdown();
        try {
            // Each ends by itself, after max.block.ms at the latest.
            var unused = asking.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            asking.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }

    private static void ask(Producer<byte[], byte[]> producer, String topic) {
        try {
            var unused = producer.partitionsFor(topic);
        } catch (RuntimeException e) {
            // If it is still so when the first record is sent there, that will tell.
            log.debug("The producer could not ask for the topic {}.", topic, e);
        }
    }

    private static Thread daemon(Runnable task) {
        Thread thread = new Thread(task, "outbox-relay-topics");
        thread.setDaemon(true);
        return thread;
    }
}
