package dev.outbox.relay.server;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** As applications have them: sends what is not marked yet, and marks it. */
final class PollingPublisher implements AutoCloseable {

    private final Shop shop;
    private final KafkaProducer<String, String> producer = new KafkaProducer<>(
            Map.of("bootstrap.servers", Servers.BROKER.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer());

    /** For a table with a further column, {@code published_at}. */
    PollingPublisher(Shop shop) {
        this.shop = shop;
        shop.execute("ALTER TABLE outbox ADD published_at timestamptz");
    }

    /** One look at the table, ten rows at most; returns how many rows there were. */
    int poll() {
        try (Connection connection = Servers.POSTGRES.connect(shop.name)) {
            connection.setAutoCommit(false);
            int sent = send(connection);
            connection.commit();
            return sent;
        } catch (SQLException | InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    private int send(Connection connection) throws SQLException, InterruptedException, ExecutionException {
        int sent = 0;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        UPDATE outbox SET published_at = now() WHERE id IN (
                            SELECT id FROM outbox WHERE published_at IS NULL
                            ORDER BY occurred_at LIMIT 10 FOR UPDATE SKIP LOCKED)
                        RETURNING id, aggregatetype, aggregateid, payload
                        """)) {
            while (rows.next()) {
                var sending = new ProducerRecord<>(
                        shop.topic(rows.getString("aggregatetype")),
                        rows.getString("aggregateid"),
                        rows.getString("payload"));
                sending.headers().add("id", rows.getString("id").getBytes(StandardCharsets.UTF_8));
                producer.send(sending).get();
                sent++;
            }
        }
        return sent;
    }

    /** Looks until it has sent these; {@code ids} is an array as PostgreSQL writes it. */
    void pollUntilSent(String ids) {
        String left = "SELECT count(*) FROM outbox WHERE published_at IS NULL AND id = ANY ('" + ids + "')";
        while (!shop.query(left).equals("0")) {
            poll();
        }
    }

    /** Looks until there is nothing left. */
    void drain() {
        while (poll() > 0) {}
    }

    @Override
    public void close() {
        producer.close();
    }
}
