package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.EmbeddedDebezium;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.connect.cli.ConnectStandalone;

/** Debezium's PostgreSQL connector with its Outbox Event Router, in the two ways in which it is run. */
final class Debezium {

    /** What Kafka's own scripts start a worker with. */
    private static final List<String> CONNECT_JVM = List.of(
            "-Xms256M",
            "-Xmx2G",
            "-server",
            "-XX:+UseG1GC",
            "-XX:MaxGCPauseMillis=20",
            "-XX:InitiatingHeapOccupancyPercent=35",
            "-XX:+ExplicitGCInvokesConcurrent",
            "-Djava.awt.headless=true");

    private Debezium() {}

    /** A real Connect worker, standalone, whose producer is Connect's with the tuning's changes. */
    static Side connect(Tuning tuning) {
        return new Side(
                "Debezium on Connect, " + tuning.name(),
                Side.Kind.RELAY,
                "standalone worker, String converters, the JVM flags of Kafka's scripts; " + tuning,
                job -> Commands.java(
                        CONNECT_JVM,
                        ConnectStandalone.class,
                        write(job, "worker.properties", worker(job)),
                        write(job, "connector.properties", connector(job, tuning))));
    }

    /** The embedded engine with a Kafka sink like Debezium Server's. */
    static Side embedded(Tuning tuning) {
        return new Side(
                "Debezium embedded, " + tuning.name(),
                Side.Kind.RELAY,
                "its engine, a Kafka sink that waits for each batch, the JVM's default flags; " + tuning,
                job -> Commands.java(
                        List.of(),
                        EmbeddedDebezium.class,
                        write(job, "engine.properties", engine(job, tuning)),
                        write(job, "producer.properties", producer(job, tuning))));
    }

    private static Map<String, String> worker(Job job) {
        return Map.of(
                "bootstrap.servers", job.bootstrapServers(),
                "key.converter", "org.apache.kafka.connect.storage.StringConverter",
                "value.converter", "org.apache.kafka.connect.storage.StringConverter",
                "offset.storage.file.filename",
                        job.directory().resolve("offsets").toString(),
                "plugin.discovery", "service_load",
                "listeners", "http://localhost:0");
    }

    private static Map<String, String> connector(Job job, Tuning tuning) {
        Map<String, String> properties = new LinkedHashMap<>(source(job));
        properties.put("tasks.max", "1");
        properties.putAll(tuning.connector());
        tuning.producer().forEach((property, value) -> properties.put("producer.override." + property, value));
        return properties;
    }

    private static Map<String, String> engine(Job job, Tuning tuning) {
        Map<String, String> properties = new LinkedHashMap<>(source(job));
        properties.put("offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore");
        properties.put(
                "offset.storage.file.filename",
                job.directory().resolve("offsets").toString());
        properties.put("header.converter.schemas.enable", "false");
        properties.putAll(tuning.connector());
        return properties;
    }

    private static Map<String, String> producer(Job job, Tuning tuning) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("bootstrap.servers", job.bootstrapServers());
        properties.put("acks", "all");
        properties.putAll(tuning.producer());
        return properties;
    }

    /** No snapshot: it begins where the slot stands. */
    private static Map<String, String> source(Job job) {
        return Map.ofEntries(
                Map.entry("name", job.name()),
                Map.entry("connector.class", "io.debezium.connector.postgresql.PostgresConnector"),
                Map.entry("plugin.name", "pgoutput"),
                Map.entry("database.hostname", "localhost"),
                Map.entry("database.port", Integer.toString(job.port())),
                Map.entry("database.user", "postgres"),
                Map.entry("database.password", "postgres"),
                Map.entry("database.dbname", job.database()),
                Map.entry("slot.name", job.slot()),
                Map.entry("publication.name", "outbox"),
                Map.entry("publication.autocreate.mode", "disabled"),
                Map.entry("table.include.list", "public.outbox"),
                Map.entry("snapshot.mode", "no_data"),
                Map.entry("topic.prefix", job.name()),
                Map.entry("transforms", "outbox"),
                Map.entry("transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter"),
                Map.entry("transforms.outbox.route.topic.replacement", job.topicPrefix() + "${routedByValue}"));
    }

    private static Path write(Job job, String name, Map<String, String> content) throws IOException {
        Path file = job.directory().resolve(name);
        Properties properties = new Properties();
        properties.putAll(content);
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        return file;
    }

    /**
     * What is changed from the defaults.
     *
     * @param connector properties of the connector
     * @param producer properties of the producer
     */
    record Tuning(String name, Map<String, String> connector, Map<String, String> producer) {

        private static final String POLL = "poll.interval.ms";
        private static final String BATCH = "max.batch.size";
        private static final String QUEUE = "max.queue.size";

        static final Tuning DEFAULTS = new Tuning("defaults", Map.of(), Map.of());

        /** Small batches by a small queue were faster than large ones; the producer as the relay's. */
        static final Tuning THROUGHPUT = new Tuning(
                "tuned",
                Map.of(POLL, "10", BATCH, "512", QUEUE, "1024"),
                Map.of("linger.ms", "2", "batch.size", "131072", "compression.type", "lz4"));

        /** The same for a sink that waits for each batch: to linger would only be to wait longer. */
        static final Tuning THROUGHPUT_OF_WAITING_SINK = new Tuning(
                "tuned",
                THROUGHPUT.connector(),
                Map.of("linger.ms", "0", "batch.size", "131072", "compression.type", "lz4"));

        static final Tuning LATENCY = new Tuning(
                "tuned for latency", Map.of(POLL, "1", BATCH, "512", QUEUE, "1024"), Map.of("linger.ms", "0"));

        static final Tuning LATENCY_IN_MEASURE =
                new Tuning("10 ms polls", Map.of(POLL, "10", BATCH, "512", QUEUE, "1024"), Map.of("linger.ms", "0"));

        @Override
        public String toString() {
            Map<String, String> all = new TreeMap<>(connector);
            all.putAll(producer);
            return all.isEmpty()
                    ? "every setting at its default"
                    : all.entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .collect(Collectors.joining(", "));
        }
    }
}
