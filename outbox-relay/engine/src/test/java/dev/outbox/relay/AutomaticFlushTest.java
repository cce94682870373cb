package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.WrongStreams;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An event waits for its acknowledgement while a long transaction that began earlier is streamed. pgjdbc's automatic
 * flush takes a keepalive in the middle of it as leave to confirm everything before, the waiting event included: a crash
 * then loses that event.
 */
class AutomaticFlushTest {

    private static final int LONG_TRANSACTION = 60_000;

    private final Database database = Database.create().execute(OutboxTable.ddl());

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void an_unacknowledged_event_survives_a_keepalive_in_the_middle_of_an_older_transaction() throws Exception {
        assertThat(comesAgainAfterACrash(ReplicationStream::open)).isTrue();
    }

    @Test
    void with_automatic_flush_it_would_be_lost() throws Exception {
        assertThat(comesAgainAfterACrash(WrongStreams::withAutomaticFlush)).isFalse();
    }

    private boolean comesAgainAfterACrash(StreamOpener opener) throws Exception {
        RelayConfig config = database.config()
                .maxBytesInFlight(1024 * 1024)
                .walSenderTimeout(Duration.ofSeconds(3))
                .build();
        Host host = Host.start(new RelayEngine(config, opener));
        try (Connection older = database.connect();
                Statement statement = older.createStatement()) {
            older.setAutoCommit(false);
            statement.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    SELECT gen_random_uuid(), 'Long', 'l', 't', to_json(repeat('x', 500)), now()
                    FROM generate_series(1, %d)
                    """.formatted(LONG_TRANSACTION));
            database.insert("acknowledged", 1, 1);
            Delivery acknowledged = host.take(1).get(0);
            acknowledged.ack();
            await().until(() -> confirmed().compareTo(acknowledged.position().commitLsn()) > 0);

            database.insert("waiting", 2, 1);
            Delivery waiting = host.take(1).get(0);
            older.commit();

            drainSlowly(host, config);
            host.close();

            Host restarted = Host.start(config);
            try (restarted) {
                return restarted.engine().poll(Duration.ofSeconds(10)).stream()
                        .anyMatch(delivery -> delivery.position().equals(waiting.position()));
            }
        }
    }

    /**
     * Takes half of the long transaction. The first room is used up with nothing acknowledged: the loop then asks the
     * server for signs of life, and the answers stand between the rows that follow.
     */
    private static void drainSlowly(Host host, RelayConfig config) {
        List<Delivery> first = host.takeUntilFull(config);
        assertThat(host.engine().poll(Duration.ofSeconds(3))).isEmpty();
        first.forEach(Delivery::ack);
        int taken = first.size();
        while (taken < LONG_TRANSACTION / 2) {
            List<Delivery> more = host.engine().poll(Duration.ofSeconds(10));
            assertThat(more).isNotEmpty();
            more.forEach(Delivery::ack);
            taken += more.size();
        }
    }

    private LogSequenceNumber confirmed() {
        return LogSequenceNumber.parse(database.query(
                "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'"));
    }
}
