package dev.outbox.relay.faults;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * A consumer that reads committed records only, of all topics whose names begin with a prefix, from their beginning, and
 * notes each. What comes from the dead-letter topic is noted apart.
 */
final class Reader implements AutoCloseable {

    /**
     * A record's event.
     *
     * @param id a random one if the record has none: nobody has written that
     * @param place topic, partition and offset of the record
     */
    record Received(UUID id, String aggregateId, String place) {}

    private static final int MOST_KEPT = 1_000_000;
    private static final Duration POLL = Duration.ofMillis(50);
    private static final long LOOK_NANOS = Duration.ofMillis(500).toNanos();

    private static final int IDLE_POLLS = 20;

    private final String prefix;
    private final String deadLetterTopic;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<Received> received = new ArrayList<>();
    private final Set<UUID> ids = ConcurrentHashMap.newKeySet();
    private final Map<UUID, ConsumerRecord<byte[], byte[]>> records = new ConcurrentHashMap<>();
    private final Map<UUID, ConsumerRecord<byte[], byte[]>> deadLetters = new ConcurrentHashMap<>();
    private final Set<String> deleted = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean stopped;
    private volatile long emptyPolls;

    Reader(String bootstrapServers, String prefix) {
        this.prefix = prefix;
        this.deadLetterTopic = deadLetterTopic(prefix);
        this.consumer = new KafkaConsumer<>(
                Map.ofEntries(
                        Map.entry("bootstrap.servers", bootstrapServers),
                        Map.entry("isolation.level", "read_committed"),
                        Map.entry("auto.offset.reset", "earliest"),
                        Map.entry("fetch.max.wait.ms", "200"),
                        Map.entry("metadata.max.age.ms", "1000"),
                        Map.entry("reconnect.backoff.ms", "50"),
                        Map.entry("reconnect.backoff.max.ms", "200"),
                        Map.entry("retry.backoff.ms", "50"),
                        Map.entry("request.timeout.ms", "5000"),
                        Map.entry("enable.metrics.push", "false")),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        this.thread = Threads.start("reader", this::run);
    }

    static String deadLetterTopic(String prefix) {
        return prefix + ".dead-letter";
    }

    private void run() {
        try (consumer) {
            long looked = System.nanoTime() - LOOK_NANOS;
            while (!stopped) {
                if (System.nanoTime() - looked >= LOOK_NANOS) {
                    look();
                    looked = System.nanoTime();
                }
                poll();
            }
        }
    }

    /**
     * Takes new topics up, and forgets how far it was in those that were deleted. One that is not listed may still be there:
     * a broker that has just started does not know all of them.
     */
    private void look() {
        try {
            Set<String> gone = Set.copyOf(deleted);
            Set<TopicPartition> partitions = new HashSet<>(consumer.assignment());
            consumer.listTopics(Duration.ofSeconds(1)).forEach((topic, infos) -> {
                if (topic.startsWith(prefix + ".")) {
                    infos.forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
                }
            });
            partitions.removeIf(partition -> gone.contains(partition.topic()));
            if (!partitions.equals(consumer.assignment())) {
                consumer.assign(partitions);
            }
            deleted.removeAll(gone);
        } catch (KafkaException e) {
            // The broker is away; it goes on with the topics that it has.
            emptyPolls = 0;
        }
    }

    private void poll() {
        if (consumer.assignment().isEmpty()) {
            Threads.last(POLL);
            return;
        }
        try {
            var polled = consumer.poll(POLL);
            polled.forEach(this::note);
            emptyPolls = polled.isEmpty() ? emptyPolls + 1 : 0;
        } catch (KafkaException e) {
            // A topic that is being deleted, or a broker that is not itself yet: asked again.
            Threads.last(POLL);
        }
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        String place = record.topic() + "-" + record.partition() + "@" + record.offset();
        Received event = new Received(id(record), text(record.key()), place);
        if (record.topic().equals(deadLetterTopic)) {
            deadLetters.put(event.id(), record);
        } else {
            synchronized (received) {
                received.add(event);
            }
            ids.add(event.id());
            if (record.serializedValueSize() <= MOST_KEPT) {
                records.put(event.id(), record);
            }
        }
    }

    /** The event's, or a random one if the record has none. */
    static UUID id(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader("id");
        try {
            return header == null ? UUID.randomUUID() : UUID.fromString(text(header.value()));
        } catch (IllegalArgumentException e) {
            return UUID.randomUUID();
        }
    }

    static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    /** The topic was deleted: if it is made anew from now on, it is read from its beginning. */
    void deleted(String topic) {
        deleted.add(topic);
        Threads.await("the reader to let go of " + topic, () -> !deleted.contains(topic));
    }

    boolean has(UUID id) {
        return ids.contains(id);
    }

    boolean hasDeadLetter(UUID id) {
        return deadLetters.containsKey(id);
    }

    /** An event's record, the last one if it came again. Those of a megabyte are not kept. */
    Optional<ConsumerRecord<byte[], byte[]>> record(UUID id) {
        return Optional.ofNullable(records.get(id));
    }

    /** Those of events without an id among them. */
    Collection<ConsumerRecord<byte[], byte[]>> deadLetters() {
        return deadLetters.values();
    }

    int count() {
        synchronized (received) {
            return received.size();
        }
    }

    /** In the order in which they came; per partition that is the topic's. */
    List<Received> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /** Whether a second of polls has brought nothing. */
    boolean isIdle() {
        return emptyPolls >= IDLE_POLLS;
    }

    /** Waits until there is nothing more to read. */
    void awaitEnd() {
        emptyPolls = 0;
        Threads.await("the end of the topics", this::isIdle);
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join(Settings.PATIENCE.toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
