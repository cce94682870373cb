package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.TableReader;
import dev.outbox.relay.replication.TableReader.Conditions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The events that are in the outbox table, as the records that a stream makes of them. The table doesn't know when they
 * committed: with {@link RecordTimestamp#COMMIT_TIME} a record's timestamp is the time of reading.
 *
 * <p>Needs SELECT on the table. Touches no slot.
 */
public final class StoredEvents {

    private static final long MICROS_OF_2000 =
            TimeUnit.SECONDS.toMicros(Instant.parse("2000-01-01T00:00:00Z").getEpochSecond());

    private final RelayConfig config;

    /** Those of one stream's table. Connects to nothing. */
    public StoredEvents(RelayConfig config) {
        this.config = config;
    }

    /** Is given the events that were read, on the caller's thread. What it throws ends the reading. */
    public interface Visitor {

        /** How many there are to come; called first. */
        void total(long count);

        /** One event. */
        void event(RelayRecord record);

        /** A row that can't become a record, and why; with nothing of its payload. */
        void refused(RelayException why);
    }

    /**
     * Reads them in the order of their occurrence, with a cursor, so that no more than some are in memory.
     *
     * @throws RelayException if the table can't be read
     */
    public void read(EventSelection selection, Visitor visitor) {
        Begin now = new Begin(new LogSequenceNumber(1), microsSince2000(), 0);
        try (TableReader reader = TableReader.open(OpenStream.source(config, true), conditions(selection))) {
            visitor.total(reader.count());
            RecordReader records = new RecordReader(config, reader.relation().relationId());
            reader.rows(row -> {
                RelayRecord record;
                try {
                    record = records.read(reader.relation(), row, now);
                } catch (RowException e) {
                    visitor.refused(e);
                    return;
                }
                visitor.event(record);
            });
        } catch (ReplicationException e) {
            throw Failures.of(e);
        }
    }

    /**
     * The event of an id, if it still is in the table.
     *
     * @throws RelayException if the table can't be read, or the row can't become a record
     */
    public Optional<RelayRecord> find(String id) {
        List<RelayRecord> found = new ArrayList<>();
        read(EventSelection.of(Set.of(id)), new Visitor() {
            @Override
            public void total(long count) {
                // One or none.
            }

            @Override
            public void event(RelayRecord record) {
                found.add(record);
            }

            @Override
            public void refused(RelayException why) {
                throw why;
            }
        });
        return found.stream().findFirst();
    }

    private static Conditions conditions(EventSelection selection) {
        return new Conditions(
                selection.ids(),
                selection.aggregateType(),
                selection.aggregateId(),
                selection.type(),
                Objects.toString(selection.from(), null),
                Objects.toString(selection.until(), null));
    }

    private static long microsSince2000() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) - MICROS_OF_2000;
    }
}
