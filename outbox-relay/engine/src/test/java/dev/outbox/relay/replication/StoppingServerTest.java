package dev.outbox.relay.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.samples.servers.PostgresServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A server that stops waits until all that it has sent is confirmed, and asks for that again at each answer. */
class StoppingServerTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int READS = 200;

    @Test
    void a_read_returns_however_soon_the_server_asks_again() {
        try (PostgresServer server = PostgresServer.start()) {
            String database = "stopping";
            server.createDatabase(database);
            server.execute(database, OutboxTable.ddl());
            server.execute(database, "CREATE PUBLICATION outbox FOR TABLE outbox");
            server.execute(database, "SELECT pg_create_logical_replication_slot('stopping', 'pgoutput')");

            ReplicationStream stream = ReplicationStream.open(source(server, database), Duration.ofSeconds(10));
            // A server that was never told of anything confirmed waits for nothing.
            await().until(() -> !stream.receivedLsn().equals(LogSequenceNumber.INVALID) || stream.read() != null);
            stream.confirm(stream.receivedLsn());
            server.execute(
                    database,
                    "INSERT INTO outbox (id, aggregatetype, aggregateid, type, occurred_at)"
                            + " VALUES (gen_random_uuid(), 'Order', 'a', 't', now())");
            await().until(() -> stream.read() != null);

            CompletableFuture<Void> stopped = CompletableFuture.runAsync(() -> server.stop("fast"));
            await().until(server::letsNobodyIn);
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
                for (int n = 0; n < READS; n++) {
                    // Each is an answer of its own, so that more than one question is under way.
                    stream.sendStatus();
                    stream.read();
                }
            });

            assertThat(reading).succeedsWithin(LIMIT);
            assertThat(stopped).isNotDone();
            assertThatThrownBy(stream::close).hasMessageContaining("ending copy");
            assertThat(stopped).succeedsWithin(LIMIT);
        }
    }

    private static Source source(PostgresServer server, String database) {
        return new Source(
                server.url(database),
                server.user(),
                "postgres",
                Map.of(),
                "stopping",
                "outbox",
                OutboxTable.DEFAULT,
                Duration.ofSeconds(60),
                false);
    }
}
