package dev.outbox.relay.benchmarks;

import java.nio.file.Path;

/**
 * What a side is given to do.
 *
 * @param name of this run, among all of the benchmark
 * @param url the database's
 * @param end of the backlog in the log, at or behind its last commit
 * @param topic takes all events, and is there
 * @param events how many there are to bring
 * @param payloadBytes the size of an event's payload
 * @param directory for the side's files, its own
 */
record Job(
        String name,
        String url,
        int port,
        String database,
        String slot,
        String end,
        String bootstrapServers,
        String topic,
        long events,
        int payloadBytes,
        Path directory) {

    /** With a whole backlog. */
    static Job of(Servers servers, Backlog backlog, Slot slot, Topic topic, String name, Path directory) {
        return new Job(
                name,
                servers.postgres().url(slot.database()),
                servers.postgres().port(),
                slot.database(),
                slot.name(),
                backlog.end(),
                servers.broker().bootstrapServers(),
                topic.name(),
                backlog.events(),
                backlog.shape().payloadBytes(),
                directory.resolve(name));
    }

    /** What the topic's name begins with: the aggregate's type follows. */
    String topicPrefix() {
        return topic.substring(0, topic.lastIndexOf('.') + 1);
    }
}
