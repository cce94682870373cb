package dev.outbox.relay.compat.debezium;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.storage.SimpleHeaderConverter;
import org.apache.kafka.connect.storage.StringConverter;

/**
 * Debezium's PostgreSQL connector with its Outbox Event Router, whose records go to Kafka as a worker of Kafka Connect sends
 * them: strings for key and value, and the worker's default for headers.
 */
final class DebeziumWorker implements AutoCloseable {

    private final StringConverter key = new StringConverter();
    private final StringConverter value = new StringConverter();
    private final HeaderConverter headers = new SimpleHeaderConverter();
    private final KafkaProducer<byte[], byte[]> producer;
    private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final CountDownLatch polling = new CountDownLatch(1);

    DebeziumWorker(int postgresPort, String database, String bootstrapServers, Path offsets) {
        key.configure(Map.of(), true);
        value.configure(Map.of(), false);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", bootstrapServers), new ByteArraySerializer(), new ByteArraySerializer());
        engine = DebeziumEngine.create(Connect.class)
                .using(properties(postgresPort, database, offsets))
                .using(new DebeziumEngine.ConnectorCallback() {
                    @Override
                    public void pollingStarted() {
                        polling.countDown();
                    }
                })
                .notifying(event -> send(event.value()))
                .build();
    }

    /** As the connector's documentation has it; its slot and its publication are made by the connector. */
    private static Properties properties(int postgresPort, String database, Path offsets) {
        Properties properties = new Properties();
        properties.putAll(Map.of(
                "name", "outbox",
                "connector.class", "io.debezium.connector.postgresql.PostgresConnector",
                "offset.storage", "org.apache.kafka.connect.storage.FileOffsetBackingStore",
                "offset.storage.file.filename", offsets.toString(),
                "offset.flush.interval.ms", "100"));
        properties.putAll(Map.of(
                "database.hostname", "localhost",
                "database.port", String.valueOf(postgresPort),
                "database.user", "postgres",
                "database.password", "postgres",
                "database.dbname", database,
                "topic.prefix", "shop",
                "plugin.name", "pgoutput",
                "slot.name", "debezium_" + database,
                "publication.name", "debezium",
                "publication.autocreate.mode", "filtered"));
        properties.putAll(Map.of(
                "table.include.list", "public.outbox",
                "snapshot.mode", "no_data",
                "tombstones.on.delete", "false",
                "transforms", "outbox",
                "transforms.outbox.type", "io.debezium.transforms.outbox.EventRouter",
                "transforms.outbox.table.fields.additional.placement", "type:header:eventType"));
        return properties;
    }

    /** Returns when it streams. */
    void start() throws InterruptedException {
        thread.execute(engine);
        if (!polling.await(60, TimeUnit.SECONDS)) {
            throw new AssertionError("The connector did not begin to poll.");
        }
    }

    private void send(SourceRecord record) {
        var sent = new ProducerRecord<>(
                record.topic(),
                record.kafkaPartition(),
                record.timestamp(),
                key.fromConnectData(record.topic(), record.keySchema(), record.key()),
                value.fromConnectData(record.topic(), record.valueSchema(), record.value()));
        for (Header header : record.headers()) {
            sent.headers()
                    .add(
                            header.key(),
                            headers.fromConnectHeader(record.topic(), header.key(), header.schema(), header.value()));
        }
        try {
            producer.send(sent).get();
        } catch (ExecutionException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops it in order, unless that is done. */
    void stop() {
        if (thread.isShutdown()) {
            return;
        }
        try {
            engine.close();
            thread.shutdown();
            if (!thread.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new AssertionError("The connector did not stop.");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            producer.close();
        }
    }

    @Override
    public void close() {
        stop();
    }
}
