package dev.outbox.relay.benchmarks.process;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Sends records like those of the backlog, from memory: as fast as a relay with one producer can be. */
public final class Produce {

    private Produce() {}

    /**
     * Runs the program.
     *
     * @param args the brokers, the topic, how many records, the size of a value
     */
    public static void main(String[] args) {
        long records = Long.parseLong(args[2]);
        List<byte[]> payloads = Payloads.of(Integer.parseInt(args[3]));
        byte[] id = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
        try (KafkaProducer<byte[], byte[]> producer = BareProducer.open(args[0], 2)) {
            // Not to be counted: the connection and the topic's metadata.
            producer.partitionsFor(args[1]);
            Signs.began();
            for (long number = 0; number < records; number++) {
                byte[] key = Long.toString(number % Payloads.AGGREGATES).getBytes(StandardCharsets.UTF_8);
                byte[] value = payloads.get((int) (number % payloads.size()));
                ProducerRecord<byte[], byte[]> record =
                        new ProducerRecord<>(args[1], null, null, key, value, List.of(new RecordHeader("id", id)));
                var unused = producer.send(record);
            }
            producer.flush();
            Signs.done();
        }
    }
}
