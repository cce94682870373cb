package dev.outbox.relay.server;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.KafkaBroker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** A database with an outbox table, and the configuration of a relay for it. Slot and topics have the database's name. */
final class Shop {

    private static final AtomicInteger COUNT = new AtomicInteger();

    final String name = "shop" + COUNT.incrementAndGet();
    private final String bootstrapServers;

    private Shop(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
        Servers.POSTGRES.createDatabase(name);
    }

    /** An empty database. */
    static Shop empty() {
        return new Shop(Servers.BROKER.bootstrapServers());
    }

    /** A database with the default outbox table. */
    static Shop withOutbox() {
        return withOutbox(Servers.BROKER);
    }

    /** The same with another broker. */
    static Shop withOutbox(KafkaBroker broker) {
        Shop shop = new Shop(broker.bootstrapServers());
        shop.execute(OutboxTable.ddl());
        return shop;
    }

    void execute(String sql) {
        Servers.POSTGRES.execute(name, sql);
    }

    /** One event in a transaction of its own; {@code payload} is a SQL expression. */
    void event(String aggregateType, String aggregateId, String payload) {
        events(aggregateType, "'" + aggregateId + "'", payload, 1);
    }

    /** Events of one transaction; {@code i} counts them from 1 in the two SQL expressions. */
    void events(String aggregateType, String aggregateId, String payload, int count) {
        execute("""
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                SELECT gen_random_uuid(), '%s', %s, 'happened.v1', %s, now() FROM generate_series(1, %d) AS i
                """.formatted(aggregateType, aggregateId, payload, count));
    }

    String query(String sql) {
        try (Connection connection = Servers.POSTGRES.connect(name);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getString(1) : "";
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    /** Waits until the server may forget all that was committed by now: every event has arrived, and is stored as such. */
    void awaitConfirmed(Duration limit) {
        awaitPast(query("SELECT pg_current_wal_lsn()"), "confirmed_flush_lsn", limit);
    }

    /** Waits until the relay says that it has read all that was committed by now. */
    void awaitRead(Duration limit) {
        awaitPast(query("SELECT pg_current_wal_lsn()"), "write_lsn", limit);
    }

    private void awaitPast(String lsn, String column, Duration limit) {
        String sql = "SELECT " + column + " >= '" + lsn + "' FROM pg_replication_slots AS s"
                + " LEFT JOIN pg_stat_replication AS r ON r.pid = s.active_pid WHERE slot_name = '" + name + "'";
        Awaitility.await().atMost(limit).until(() -> query(sql), "t"::equals);
    }

    String topic(String aggregateType) {
        return name + "." + aggregateType;
    }

    String positionTopic() {
        return "outbox-relay." + name + ".position";
    }

    /** A configuration for this database, with further lines for the stream. */
    String yaml(String... streamLines) {
        return """
                relay:
                  kafka:
                    bootstrap.servers: %s
                  retry: { first-delay: 100ms, longest-delay: 500ms }
                  streams:
                    %s:
                      url: %s
                      username: %s
                      slot: %s
                      topic: "%s.{aggregateType}"
                """.formatted(bootstrapServers, name, Servers.POSTGRES.url(name), Servers.POSTGRES.user(), name, name)
                + lines(streamLines);
    }

    private static String lines(String... lines) {
        StringBuilder text = new StringBuilder();
        for (String line : lines) {
            text.append("      ").append(line).append('\n');
        }
        return text.toString();
    }

    static Path write(String yaml) {
        try {
            Path file = Files.createTempFile("relay", ".yaml");
            file.toFile().deleteOnExit();
            return Files.writeString(file, yaml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
