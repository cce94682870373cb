package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.Payloads;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.function.LongConsumer;

/** Events of one shape that wait in a database of their own, behind one slot of which each run gets a copy. */
final class Backlog implements AutoCloseable {

    private static final String SLOT = "backlog";
    /** The number of events is a multiple of it, or less. */
    static final int EVENTS_AT_ONCE = 10_000;

    /** Commits as an application would, one transaction after the other, but without the round trips. */
    private static final String PROCEDURE = """
            CREATE PROCEDURE load(first bigint, transactions int, events int, types int) LANGUAGE plpgsql AS $$
            DECLARE
                payloads json[] := (SELECT array_agg(payload ORDER BY number) FROM payloads);
            BEGIN
                FOR t IN 0 .. transactions - 1 LOOP
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT uuidv7(), 'Order' || CASE types WHEN 1 THEN '' ELSE (n %% types)::text END, (n %% %d)::text, 'order.shipped.v1', payloads[n %% %d + 1], clock_timestamp()
                    FROM generate_series(first + t * events, first + (t + 1) * events - 1) AS n;
                    COMMIT;
                END LOOP;
            END $$""";

    private final PostgresServer postgres;
    private final Shape shape;
    private final long events;
    private final Slot slot;
    private final String end;

    private Backlog(PostgresServer postgres, Shape shape, long events, Slot slot) {
        this.postgres = postgres;
        this.shape = shape;
        this.events = events;
        this.slot = slot;
        this.end = slot.logEnd();
    }

    /** @param loaded is told how many events there are */
    static Backlog load(PostgresServer postgres, Shape shape, long events, LongConsumer loaded) {
        OutboxDatabase.create(postgres, shape.database());
        List<byte[]> payloads = Payloads.of(shape.payloadBytes());
        try (Connection connection = postgres.connect(shape.database());
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE payloads (number int, payload json)");
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO payloads VALUES (?, ?::json)")) {
                for (int number = 0; number < payloads.size(); number++) {
                    insert.setInt(1, number);
                    insert.setString(2, new String(payloads.get(number), StandardCharsets.US_ASCII));
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            statement.execute(PROCEDURE.formatted(Payloads.AGGREGATES, payloads.size()));
            Slot slot = Slot.create(postgres, shape.database(), SLOT);
            // What is measured is the way out: the log is the same without waiting for the disk.
            statement.execute("SET synchronous_commit = off");
            for (long first = 0; first < events; first += EVENTS_AT_ONCE) {
                int now = (int) Math.min(EVENTS_AT_ONCE, events - first);
                statement.execute("CALL load(%d, %d, %d, %d)"
                        .formatted(
                                first,
                                now / shape.eventsPerTransaction(),
                                shape.eventsPerTransaction(),
                                shape.aggregateTypes()));
                loaded.accept(first + now);
            }
            statement.execute("CHECKPOINT");
            return new Backlog(postgres, shape, events, slot);
        } catch (SQLException e) {
            throw new IllegalStateException("The backlog can't be loaded: " + e.getMessage(), e);
        }
    }

    Shape shape() {
        return shape;
    }

    long events() {
        return events;
    }

    /** Where the log ended when all was loaded, behind its last commit. */
    String end() {
        return end;
    }

    /** A slot at the beginning of the backlog, with that name. */
    Slot slot(String name) {
        return Slot.copy(postgres, shape.database(), SLOT, name);
    }

    /** Drops the database and its slot. */
    @Override
    public void close() {
        slot.close();
        postgres.execute("postgres", "DROP DATABASE " + shape.database() + " (FORCE)");
    }
}
