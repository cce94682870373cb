package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outbox.OutboxTable;
import dev.outbox.samples.servers.PostgresServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A promoted server goes on on a new timeline, which the position is taken over to, or is seen to have diverged. */
class TimelineTest {

    private static final String NAME = "failover";

    private final MemoryStore store = new MemoryStore();

    @Test
    void after_a_fail_over_above_the_position_nothing_is_lost_and_nothing_comes_twice() {
        try (PostgresServer primary = primary();
                PostgresServer standby = standbyOf(primary)) {
            deliver(primary, 1);
            syncSlot(primary, standby);
            deliver(primary, 2);
            insert(primary, 3);
            awaitReplay(primary, standby);
            primary.stop();
            standby.promote();

            try (Host host = Host.start(new RelayEngine(config(standby)), store)) {
                insert(standby, 4);

                List<Delivery> deliveries = host.take(2);
                assertThat(Host.values(deliveries)).containsExactly("{\"n\":3}", "{\"n\":4}");
                assertThat(deliveries.get(0).position().timeline()).isEqualTo(2);
                deliveries.forEach(Delivery::ack);
                store.store(
                        host.engine(),
                        host.engine().settle(Duration.ofSeconds(10)).orElseThrow());
            }
            try (Host host = Host.start(new RelayEngine(config(standby)), store)) {
                host.takeOnly(0);
            }
        }
    }

    @Test
    void after_a_fail_over_below_the_position_the_histories_have_diverged() {
        try (PostgresServer primary = primary();
                PostgresServer standby = standbyOf(primary)) {
            deliver(primary, 1);
            syncSlot(primary, standby);
            standby.detach();
            await().until(() ->
                    query(standby, "SELECT count(*) FROM pg_stat_wal_receiver").equals("0"));
            Checkpoint phantom = deliver(primary, 2);
            primary.stop();
            standby.promote();
            insert(standby, 3);
            RelayEngine engine = new RelayEngine(config(standby));

            assertThatThrownBy(() -> engine.start(store))
                    .isInstanceOfSatisfying(
                            GapException.class,
                            gap -> assertThat(gap.range().afterLsn())
                                    .isLessThan(phantom.position().commitLsn()))
                    .hasMessageContaining("timeline 2, which left timeline 1 before, at ");

            engine.adopt(store, gap -> true, (adopted, range) -> store.store(adopted));
            try (Host host = Host.start(engine, store)) {
                host.takeUntil("{\"n\":3}");
            }
        }
    }

    @Test
    void a_slot_made_by_hand_after_a_fail_over_is_ahead_of_the_position() {
        try (PostgresServer primary = primary();
                PostgresServer standby = PostgresServer.standbyOf(primary, Map.of())) {
            deliver(primary, 1);
            awaitReplay(primary, standby);
            primary.stop();
            standby.promote();
            insert(standby, 2);
            standby.execute("postgres", "SELECT pg_create_logical_replication_slot('" + NAME + "', 'pgoutput')");

            assertThatThrownBy(() -> new RelayEngine(config(standby)).start(store))
                    .isInstanceOf(GapException.class)
                    .hasMessageContaining("moved it or made it anew");
        }
    }

    @Test
    void a_promotion_in_mid_stream_ends_the_generation_so_that_the_timeline_is_looked_at_anew() {
        try (PostgresServer primary = primary();
                PostgresServer standby = PostgresServer.standbyOf(primary, Map.of())) {
            assumeTrue(primary.majorVersion() >= 16, "PostgreSQL 15 does not decode on a standby");
            deliver(primary, 1);
            awaitReplay(primary, standby);
            Thread helped = new Thread(
                    () -> standby.execute("postgres", "SELECT pg_create_logical_replication_slot('own', 'pgoutput')"));
            helped.start();
            await().until(() -> {
                primary.execute("postgres", "SELECT pg_log_standby_snapshot()");
                return !helped.isAlive();
            });
            RelayConfig config = RelayConfig.builder(standby.url("postgres"))
                    .username("postgres")
                    .slot("own")
                    .build();
            MemoryStore own = new MemoryStore();
            try (Host host = Host.start(new RelayEngine(config), own)) {
                insert(primary, 2);
                assertThat(Host.values(host.take(1))).containsExactly("{\"n\":2}");

                standby.promote();

                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThatThrownBy(
                                        () -> host.engine().poll(Duration.ofMillis(100)))
                                .isInstanceOfSatisfying(
                                        RelayException.class,
                                        e -> assertThat(e.retriable()).isTrue()));
                insert(standby, 3);
                await().ignoreExceptions().until(() -> {
                    host.engine().start(own);
                    return true;
                });
                assertThat(host.engine().checkpoint().position().timeline()).isEqualTo(2);
                assertThat(Host.values(host.take(2))).containsExactly("{\"n\":2}", "{\"n\":3}");
            }
        }
    }

    private static PostgresServer primary() {
        PostgresServer primary = PostgresServer.start();
        primary.execute("postgres", OutboxTable.ddl());
        primary.execute("postgres", "CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
        String failover = hasFailoverSlots(primary) ? ", failover => true" : "";
        primary.execute(
                "postgres", "SELECT pg_create_logical_replication_slot('" + NAME + "', 'pgoutput'" + failover + ")");
        return primary;
    }

    private static boolean hasFailoverSlots(PostgresServer server) {
        return server.majorVersion() >= 17;
    }

    /** Before PostgreSQL 17 it has a copy of the slot, which stays behind. */
    private static PostgresServer standbyOf(PostgresServer primary) {
        Set<String> copied = hasFailoverSlots(primary) ? Set.of() : Set.of(NAME);
        return PostgresServer.standbyWithSlotsOf(primary, copied, Map.of());
    }

    private static RelayConfig config(PostgresServer server) {
        return RelayConfig.builder(server.url("postgres"))
                .username("postgres")
                .slot(NAME)
                .build();
    }

    /** Delivers one event, confirms it, and stores the checkpoint. */
    private Checkpoint deliver(PostgresServer server, int n) {
        try (Host host = Host.start(new RelayEngine(config(server)), store)) {
            insert(server, n);
            host.take(1).forEach(Delivery::ack);
            Checkpoint checkpoint = host.engine().settle(Duration.ofSeconds(10)).orElseThrow();
            store.store(host.engine(), checkpoint);
            return checkpoint;
        }
    }

    private static void insert(PostgresServer server, int n) {
        server.execute("postgres", """
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                VALUES (gen_random_uuid(), 'Order', 'a', 't', '{"n":%d}', now())
                """.formatted(n));
    }

    /** A slot is synchronized once it has moved, which running transactions and the relay's confirmations make it do. */
    private void syncSlot(PostgresServer primary, PostgresServer standby) {
        if (!hasFailoverSlots(primary)) {
            awaitReplay(primary, standby);
            return;
        }
        try (Host host = Host.start(new RelayEngine(config(primary)), store)) {
            await().atMost(Duration.ofSeconds(40)).until(() -> {
                primary.execute("postgres", "SELECT pg_log_standby_snapshot()");
                host.engine()
                        .settle(Duration.ofSeconds(5))
                        .ifPresent(checkpoint -> store.store(host.engine(), checkpoint));
                awaitReplay(primary, standby);
                standby.execute("postgres", "SELECT pg_sync_replication_slots()");
                return query(standby, "SELECT count(*) FROM pg_replication_slots WHERE synced AND NOT temporary")
                        .equals("1");
            });
        }
    }

    private static void awaitReplay(PostgresServer primary, PostgresServer standby) {
        String written = query(primary, "SELECT pg_current_wal_flush_lsn()");
        await().until(() -> query(standby, "SELECT pg_last_wal_replay_lsn() >= '" + written + "'::pg_lsn")
                .equals("t"));
    }

    private static String query(PostgresServer server, String sql) {
        try (var connection = server.connect("postgres");
                var result = connection.createStatement().executeQuery(sql)) {
            result.next();
            return result.getString(1);
        } catch (java.sql.SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
