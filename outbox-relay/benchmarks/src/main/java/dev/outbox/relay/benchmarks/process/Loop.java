package dev.outbox.relay.benchmarks.process;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.List;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * The smallest program that brings a slot's events to Kafka: no position, no routes, no confirmation, no failure that it
 * could survive. What a relay takes beyond it, it takes for its promises.
 */
public final class Loop {

    private static final int COLUMNS_USED = 5;
    private static final int ID = 0;
    private static final int AGGREGATE_ID = 2;
    private static final int PAYLOAD = 4;

    private Loop() {}

    /**
     * Runs the program.
     *
     * @param args the database's URL, the slot, how to read, the brokers, the topic, the producer's linger.ms
     */
    public static void main(String[] args) throws SQLException {
        try (BareStream stream = BareStream.open(args[0], args[1], Reading.valueOf(args[2]));
                KafkaProducer<byte[], byte[]> producer = BareProducer.open(args[3], Integer.parseInt(args[5]))) {
            // Until it is killed.
            while (true) {
                ByteBuffer message = stream.read();
                if (message.get() == 'I') {
                    var unused = producer.send(record(args[4], message));
                }
            }
        }
    }

    /** The outbox table's columns stand in the order of its definition. */
    private static ProducerRecord<byte[], byte[]> record(String topic, ByteBuffer insert) {
        // The relation's OID, the letter N, the number of columns.
        insert.position(insert.position() + Integer.BYTES + 1 + Short.BYTES);
        byte[][] columns = new byte[COLUMNS_USED][];
        for (int column = 0; column < COLUMNS_USED; column++) {
            byte kind = insert.get();
            if (kind != 't') {
                throw new IllegalStateException("expected a column as text, found kind " + (char) kind);
            }
            byte[] value = new byte[insert.getInt()];
            insert.get(value);
            columns[column] = value;
        }
        return new ProducerRecord<>(
                topic,
                null,
                null,
                columns[AGGREGATE_ID],
                columns[PAYLOAD],
                List.of(new RecordHeader("id", columns[ID])));
    }
}
