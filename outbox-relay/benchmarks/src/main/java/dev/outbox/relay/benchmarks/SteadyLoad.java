package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.Payloads;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Commits one-event transactions at a steady rate. Each event carries the time at which its row was made, by the clock of
 * this machine, which is when its commit begins: the statement is the whole transaction. Not thread safe.
 */
final class SteadyLoad implements AutoCloseable {

    static final int PER_SECOND = 500;

    private static final int FILLING = 160;

    private static final String INSERT = """
            INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
            VALUES (uuidv7(), 'Order', ?, 'order.shipped.v1',
                format('{"at":%s,"note":"%s"}', (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, ?::text)::json,
                clock_timestamp())""";

    private final Connection connection;
    private final PreparedStatement insert;
    private final Histogram commitMicros = new Histogram(Duration.ofMinutes(10).toMillis() * 1_000, 3);
    private long number;

    SteadyLoad(PostgresServer postgres, String database) {
        try {
            this.connection = postgres.connect(database);
            this.insert = connection.prepareStatement(INSERT);
            insert.setString(2, note());
        } catch (SQLException e) {
            throw new IllegalStateException("The load can't be begun: " + e.getMessage(), e);
        }
    }

    /** Letters that compress no better than those of the backlogs. */
    private static String note() {
        String payload = new String(Payloads.of(2 * FILLING).get(0), StandardCharsets.US_ASCII);
        return payload.substring(payload.length() - 2 - FILLING, payload.length() - 2);
    }

    /** Commits for so long; returns how many transactions it were. */
    long commitFor(Duration time) {
        commitMicros.reset();
        long interval = Duration.ofSeconds(1).toNanos() / PER_SECOND;
        long before = number;
        long start = System.nanoTime();
        long end = start + time.toNanos();
        for (long next = start; next < end; next += interval) {
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
            if (System.nanoTime() >= end) {
                break;
            }
            commit();
        }
        return number - before;
    }

    /** How long each of the last {@link #commitFor} took until its commit was answered. */
    Histogram commitMicros() {
        return commitMicros;
    }

    /** All that were committed so far. */
    long committed() {
        return number;
    }

    private void commit() {
        try {
            insert.setString(1, Long.toString(number % Payloads.AGGREGATES));
            long begun = System.nanoTime();
            insert.executeUpdate();
            commitMicros.recordValue((System.nanoTime() - begun) / 1_000);
            number++;
        } catch (SQLException e) {
            throw new IllegalStateException("An event can't be committed: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
