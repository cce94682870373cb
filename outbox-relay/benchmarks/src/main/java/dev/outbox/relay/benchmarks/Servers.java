package dev.outbox.relay.benchmarks;

import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.util.Map;

/** PostgreSQL, durable as in production, and a broker, each a process of its own. */
record Servers(PostgresServer postgres, KafkaBroker broker) implements AutoCloseable {

    private static final Map<String, String> POSTGRES = Map.of(
            // Nothing of the server's own is to run while a side is measured.
            "autovacuum", "off",
            "checkpoint_timeout", "1h",
            "max_wal_size", "16GB",
            // The slot's own reader is the one that is waited for.
            "max_replication_slots", "20");

    private static final Map<String, String> BROKER = Map.of(
            "log.segment.bytes", "1073741824",
            "file.delete.delay.ms", "1000",
            "log.retention.check.interval.ms", "3600000");

    static Servers start() {
        PostgresServer postgres = PostgresServer.start(POSTGRES);
        try {
            return new Servers(postgres, KafkaBroker.start(BROKER));
        } catch (RuntimeException e) {
            postgres.close();
            throw e;
        }
    }

    @Override
    public void close() {
        broker.close();
        postgres.close();
    }
}
