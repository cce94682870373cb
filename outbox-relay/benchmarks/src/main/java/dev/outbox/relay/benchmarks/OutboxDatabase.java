package dev.outbox.relay.benchmarks;

import dev.outbox.OutboxEvent;
import dev.outbox.samples.servers.PostgresServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** A database with the outbox table and its publication as they are shipped. */
final class OutboxDatabase {

    private OutboxDatabase() {}

    static void create(PostgresServer postgres, String database) {
        postgres.createDatabase(database);
        try (InputStream table = Objects.requireNonNull(OutboxEvent.class.getResourceAsStream("outbox.sql"))) {
            postgres.execute(database, new String(table.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        postgres.execute(
                database,
                "CREATE PUBLICATION outbox FOR TABLE public.outbox"
                        + " WITH (publish = 'insert', publish_via_partition_root = true)");
    }
}
