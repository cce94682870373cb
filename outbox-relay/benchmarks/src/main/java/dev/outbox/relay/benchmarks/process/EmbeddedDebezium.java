package dev.outbox.relay.benchmarks.process;

import io.debezium.DebeziumException;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.Header;
import io.debezium.engine.format.Json;
import io.debezium.engine.format.SimpleString;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Debezium's engine in a program of a few lines, with a Kafka sink that does what Debezium Server's does: it sends a batch,
 * waits for all acknowledgements, and only then takes the next.
 */
public final class EmbeddedDebezium {

    private EmbeddedDebezium() {}

    /**
     * Runs the program.
     *
     * @param args a file with the engine's properties, one with the producer's
     */
    public static void main(String[] args) throws IOException {
        try (KafkaProducer<String, String> producer =
                        new KafkaProducer<>(properties(args[1]), new StringSerializer(), new StringSerializer());
                DebeziumEngine<ChangeEvent<String, String>> engine = DebeziumEngine.create(
                                SimpleString.class, SimpleString.class, Json.class)
                        .using(properties(args[0]))
                        .notifying((events, committer) -> send(producer, events, committer))
                        .build()) {
            // Until it is killed.
            engine.run();
        }
    }

    private static void send(
            KafkaProducer<String, String> producer,
            List<ChangeEvent<String, String>> events,
            DebeziumEngine.RecordCommitter<ChangeEvent<String, String>> committer)
            throws InterruptedException {
        CountDownLatch outstanding = new CountDownLatch(events.size());
        for (ChangeEvent<String, String> event : events) {
            var unused = producer.send(record(event), (metadata, error) -> {
                if (error != null) {
                    throw new DebeziumException(error);
                }
                outstanding.countDown();
            });
            committer.markProcessed(event);
        }
        outstanding.await();
        committer.markBatchFinished();
    }

    private static ProducerRecord<String, String> record(ChangeEvent<String, String> event) {
        ProducerRecord<String, String> record = new ProducerRecord<>(event.destination(), event.key(), event.value());
        for (Header<Object> header : event.<Object>headers()) {
            record.headers().add(header.getKey(), header.getValue().toString().getBytes(StandardCharsets.UTF_8));
        }
        return record;
    }

    private static Properties properties(String file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(file))) {
            properties.load(reader);
        }
        return properties;
    }
}
