package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.Position;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A relay that dies in the middle of one large PostgreSQL transaction. */
class LargeTransactionTest {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final int EVENTS = 100_000;

    @ParameterizedTest
    @ValueSource(strings = {"at-least-once", "exactly-once"})
    void what_comes_again_is_at_most_what_was_in_flight_and_not_stored_yet(String mode) {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of());
        Topic positions = new Topic(shop.positionTopic());
        String yaml = shop.yaml("delivery: " + mode, "max-bytes-in-flight: 1MiB");
        // Slow enough to be killed in time, and for exactly once to split it, after a quarter of the timeout.
        String slow = yaml + "      kafka: { linger.ms: 400, batch.size: 2000000, transaction.timeout.ms: 10000 }\n";
        try (RelayProcess relay = RelayProcess.run(slow)) {
            relay.awaitOutput("Relaying ");
            // An idle slot follows other WAL, which a position inside the transaction must not fall behind.
            shop.execute("CREATE TABLE noise AS SELECT generate_series(1, 1000)");
            shop.awaitConfirmed(LIMIT);
            shop.events("Order", "'1'", "to_json(i)", EVENTS);
            positions.awaitRecord(record -> position(record).index() > EVENTS / 10, LIMIT);
            relay.kill();
            assertThat(relay.exitCode()).isEqualTo(137);
        }
        int sent = topic.records(0).size();
        List<ConsumerRecord<byte[], byte[]>> records = positions.committed(1, LIMIT);
        Position stored = position(records.get(records.size() - 1));
        assertThat(stored.index()).as("still inside the transaction").isLessThan(EVENTS - 1);
        try (RelayProcess relay = RelayProcess.run(yaml)) {
            relay.awaitOutput("Relaying ");
            shop.awaitConfirmed(LIMIT);
            relay.terminate();
            assertThat(relay.exitCode()).as(relay::output).isZero();
        }
        Received received = new Received(EVENTS, topic.committed(EVENTS, LIMIT));
        received.assertNothingLostOrReordered();
        int unstored = mode.equals("exactly-once") ? 0 : sent - (int) (stored.index() + 1);
        System.out.printf(
                "[guarantees] %s, killed inside a transaction of %d events behind the %dth: %d duplicates; sent and not"
                        + " stored: %d%n",
                mode, EVENTS, sent, received.duplicates(), unstored);
        assertThat(received.duplicates()).isLessThanOrEqualTo(unstored);
    }

    private static Position position(ConsumerRecord<byte[], byte[]> record) {
        return PositionFormat.read(record.value()).checkpoint().position();
    }
}
