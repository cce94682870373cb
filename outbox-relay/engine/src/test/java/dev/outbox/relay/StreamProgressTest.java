package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.samples.servers.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What can be seen of a stream from beside it. */
class StreamProgressTest {

    private final Database database = Database.create().execute(OutboxTable.ddl());

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void there_is_none_before_the_first_start() {
        assertThat(new RelayEngine(database.config().build()).progress()).isEmpty();
    }

    @Test
    void it_follows_what_is_read_acknowledged_and_confirmed() {
        try (Host host = Host.start(database.config().build())) {
            long before = System.currentTimeMillis();
            database.insert("a", 1, 3);
            List<Delivery> deliveries = host.take(3);
            Delivery last = deliveries.get(2);
            await().until(() ->
                    progress(host).receivedLsn().compareTo(last.position().commitLsn()) > 0);

            assertThat(progress(host).bytesInFlight()).isPositive();
            assertThat(progress(host).acknowledgedLsn())
                    .isLessThan(last.position().commitLsn());
            assertThat(last.committedAtMillis()).isBetween(before, System.currentTimeMillis());

            deliveries.forEach(Delivery::ack);
            await().until(() -> progress(host).acknowledged().equals(last.position()));
            assertThat(progress(host).committedAtMillis()).isEqualTo(last.committedAtMillis());
            assertThat(progress(host).bytesInFlight()).isZero();
            await().until(() ->
                    progress(host).confirmedLsn().compareTo(last.position().commitLsn()) > 0);
        }
    }

    @Test
    void it_follows_the_log_of_other_tables_too() {
        database.execute("CREATE TABLE other (text text)");
        try (Host host = Host.start(database.config().build())) {
            database.execute("INSERT INTO other SELECT repeat('x', 1000) FROM generate_series(1, 1000)");
            LogSequenceNumber written = LogSequenceNumber.parse(database.query("SELECT pg_current_wal_lsn()"));

            await().until(() -> progress(host).receivedLsn().compareTo(written) >= 0
                    && progress(host).acknowledgedLsn().compareTo(written) >= 0);
        }
    }

    @Test
    void it_is_still_known_after_the_end_with_nothing_in_flight() {
        RelayEngine engine = new RelayEngine(database.config().build());
        Position position;
        try (Host host = Host.start(engine)) {
            database.insert("a", 1, 1);
            database.insert("a", 2, 1);
            Delivery first = host.take(2).get(0);
            first.ack();
            position = first.position();
            await().until(() -> progress(host).acknowledged().equals(position));
        }

        assertThat(engine.progress()).hasValueSatisfying(last -> {
            assertThat(last.acknowledged()).isEqualTo(position);
            assertThat(last.confirmedLsn()).isEqualTo(engine.confirmedLsn());
            assertThat(last.bytesInFlight()).isZero();
        });
    }

    @Test
    void the_slot_is_looked_at_while_the_stream_is_idle() {
        try (Host host = Host.start(database.config().build())) {
            await().until(() -> progress(host).slot().isPresent());
            SlotStatus first = progress(host).slot().orElseThrow();
            assertThat(first.active()).isTrue();
            assertThat(first.walStatus()).isEqualTo("reserved");
            assertThat(first.safeWalBytes()).isEmpty();
            assertThat(first.retainedBytes()).isPositive();

            await().atMost(Duration.ofSeconds(15))
                    .until(() -> progress(host)
                            .slot()
                            .filter(next -> next.askedAtMillis() > first.askedAtMillis())
                            .isPresent());
        }
    }

    @Test
    void a_slot_that_nobody_streams_from_can_be_looked_at() {
        RelayEngine engine = new RelayEngine(database.config().build());
        assertThat(engine.lookAtSlot().walStatus()).isEqualTo(SlotStatus.MISSING);
        Host.start(engine).close();
        await().until(() -> !engine.lookAtSlot().active());
        SlotStatus before = engine.lookAtSlot();

        database.insert("a", 1, 10_000);

        SlotStatus after = engine.lookAtSlot();
        assertThat(after.confirmedLsn()).isEqualTo(before.confirmedLsn());
        assertThat(after.serverLsn()).isGreaterThan(before.serverLsn());
        assertThat(after.retainedBytes()).isGreaterThan(before.retainedBytes() + 1_000_000);
    }

    @Test
    void a_limit_on_what_a_slot_retains_is_told() {
        try (PostgresServer server = PostgresServer.start(Map.of("max_slot_wal_keep_size", "1GB"))) {
            Database limited = Database.createOn(server).execute(OutboxTable.ddl());
            RelayEngine engine = new RelayEngine(limited.config().build());
            Host.start(engine).close();

            OptionalLong safe = engine.lookAtSlot().safeWalBytes();

            assertThat(safe).isPresent();
            assertThat(safe.getAsLong()).isBetween(900L << 20, 2L << 30);
        }
    }

    @Test
    void a_database_that_is_away_can_not_be_looked_at() {
        RelayEngine engine = new RelayEngine(
                RelayConfig.builder("jdbc:postgresql://localhost:1/nowhere").build());

        assertThatThrownBy(engine::lookAtSlot)
                .isInstanceOf(RelayException.class)
                .hasMessageContaining("Can't connect to");
    }

    private static StreamProgress progress(Host host) {
        return host.engine().progress().orElseThrow();
    }
}
