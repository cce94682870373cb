package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RelayEngineTest {

    private final Database database = Database.create().execute(OutboxTable.ddl());

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void events_come_in_commit_order_and_the_last_of_a_transaction_is_marked() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 3);
            database.insert("b", 4, 1);

            List<Delivery> deliveries = host.take(4);

            assertThat(Host.values(deliveries)).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}", "{\"n\":4}");
            assertThat(deliveries.stream().map(Delivery::endOfTransaction)).containsExactly(false, false, true, true);
            assertThat(deliveries.stream().map(delivery -> delivery.position().index()))
                    .containsExactly(0L, 1L, 2L, 0L);
            assertThat(deliveries.get(2).position().commitLsn())
                    .isLessThan(deliveries.get(3).position().commitLsn());
        }
    }

    @Test
    void a_rolled_back_transaction_is_never_delivered() throws Exception {
        try (Host host = Host.start(database.config().build());
                Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO outbox VALUES (gen_random_uuid(), 'Order', 'x', 't', '1', null, now())");
            connection.rollback();
            database.insert("b", 7, 1);

            assertThat(Host.values(host.takeOnly(1))).containsExactly("{\"n\":7}");
        }
    }

    @Test
    void updates_deletes_and_truncates_of_the_table_are_not_events() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            database.execute("UPDATE outbox SET type = 'changed'");
            database.execute("DELETE FROM outbox");
            database.execute("TRUNCATE outbox");
            database.insert("a", 2, 1);

            assertThat(Host.values(host.takeOnly(2))).containsExactly("{\"n\":1}", "{\"n\":2}");
        }
    }

    @Test
    void the_slot_is_confirmed_only_up_to_the_first_transaction_that_waits_for_an_acknowledgement() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 2);
            database.insert("b", 3, 1);
            database.insert("c", 4, 1);
            List<Delivery> deliveries = host.take(4);

            deliveries.get(3).ack();
            deliveries.get(2).ack();
            deliveries.get(0).ack();
            LogSequenceNumber firstCommit = deliveries.get(0).position().commitLsn();
            await().during(Duration.ofMillis(500)).until(() -> confirmed().compareTo(firstCommit) <= 0);

            deliveries.get(1).ack();
            LogSequenceNumber lastCommit = deliveries.get(3).position().commitLsn();
            await().until(() -> confirmed().compareTo(lastCommit) > 0);
        }
    }

    @Test
    void what_was_not_acknowledged_comes_again_after_a_restart_and_what_was_does_not() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            database.insert("b", 2, 1);
            database.insert("c", 3, 1);
            host.take(3).get(0).ack();
            await().until(() -> !host.engine().confirmedLsn().equals(LogSequenceNumber.INVALID));

            host.engine().start(PositionStore.NONE);

            assertThat(Host.values(host.takeOnly(2))).containsExactly("{\"n\":2}", "{\"n\":3}");
        }
    }

    @Test
    void acknowledgements_of_an_earlier_generation_confirm_nothing() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            Delivery old = host.take(1).get(0);
            host.engine().start(PositionStore.NONE);
            Delivery current = host.take(1).get(0);

            old.ack();

            LogSequenceNumber commit = current.position().commitLsn();
            await().during(Duration.ofMillis(500)).until(() -> confirmed().compareTo(commit) <= 0);
            host.engine().start(PositionStore.NONE);
            assertThat(Host.values(host.take(1))).containsExactly("{\"n\":1}");
        }
    }

    @Test
    void a_failed_delivery_ends_the_generation_and_comes_again_with_all_that_followed() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 2);
            database.insert("b", 3, 1);
            List<Delivery> deliveries = host.take(3);
            deliveries.get(1).fail(new IllegalStateException("the broker said no"));
            deliveries.get(0).ack();
            deliveries.get(2).ack();

            assertThatThrownBy(() -> host.engine().poll(Duration.ofSeconds(5)))
                    .isInstanceOf(RelayException.class)
                    .hasMessageContaining("the broker said no")
                    .hasMessageContaining("outbox.event.Order");

            host.engine().start(PositionStore.NONE);
            assertThat(Host.values(host.take(3))).containsExactly("{\"n\":1}", "{\"n\":2}", "{\"n\":3}");
        }
    }

    @Test
    void deliveries_up_to_a_stored_checkpoint_are_skipped() {
        RelayEngine engine = new RelayEngine(database.config().build());
        try (Host host = Host.start(engine)) {
            database.insert("a", 1, 3);
            database.insert("b", 4, 1);
            Checkpoint second = host.take(4).get(1).checkpoint();

            engine.start(MemoryStore.of(second));

            assertThat(Host.values(host.takeOnly(2))).containsExactly("{\"n\":3}", "{\"n\":4}");
        }
    }

    @Test
    void a_position_of_another_timeline_is_refused() {
        RelayEngine engine = new RelayEngine(database.config().build());
        engine.start(PositionStore.NONE);
        Checkpoint here = engine.checkpoint();
        Checkpoint elsewhere = new Checkpoint(
                here.source(),
                new Position(7, here.position().commitLsn(), 0),
                here.confirmableLsn(),
                here.checkedLsn(),
                0);

        assertThatThrownBy(() -> engine.start(MemoryStore.of(elsewhere)))
                .isInstanceOf(RelayException.class)
                .hasMessageContaining("timeline 7")
                .hasMessageContaining("timeline 1");
    }

    @Test
    void with_a_store_nothing_is_confirmed_above_the_last_stored_checkpoint() {
        RelayEngine engine = new RelayEngine(database.config().build());
        MemoryStore store = new MemoryStore();
        try (Host host = Host.start(engine, store)) {
            LogSequenceNumber beginning = engine.checkpoint().confirmableLsn();
            store.store(engine, engine.checkpoint());
            database.insert("a", 1, 2);
            List<Delivery> deliveries = host.take(2);
            deliveries.forEach(Delivery::ack);
            Checkpoint delivered = deliveries.get(1).checkpoint();
            await().until(() -> engine.checkpoint().confirmableLsn().compareTo(delivered.confirmableLsn()) >= 0);
            assertThat(engine.confirmedLsn()).isLessThanOrEqualTo(beginning);

            store.store(engine, delivered);

            await().until(() -> engine.confirmedLsn().equals(delivered.confirmableLsn()));
            database.insert("a", 3, 1);
            host.take(1).get(0).ack();
            await().until(() -> engine.checkpoint().confirmableLsn().compareTo(delivered.confirmableLsn()) > 0);
            assertThat(engine.confirmedLsn()).isEqualTo(delivered.confirmableLsn());
        }
    }

    @Test
    void a_stored_checkpoint_confirms_nothing_that_is_not_acknowledged() {
        RelayEngine engine = new RelayEngine(database.config().build());
        MemoryStore store = new MemoryStore();
        try (Host host = Host.start(engine, store)) {
            database.insert("a", 1, 2);
            List<Delivery> deliveries = host.take(2);
            store.store(engine, deliveries.get(1).checkpoint());
            deliveries.get(1).ack();
            host.takeOnly(0);
            assertThat(engine.confirmedLsn())
                    .isLessThan(deliveries.get(1).checkpoint().confirmableLsn());

            deliveries.get(0).ack();

            await().until(() ->
                    engine.confirmedLsn().equals(deliveries.get(1).checkpoint().confirmableLsn()));
        }
    }

    @Test
    void a_checkpoint_in_the_middle_of_a_transaction_skips_by_index_and_confirms_what_came_before_it() {
        RelayEngine engine = new RelayEngine(database.config().build());
        MemoryStore store = new MemoryStore();
        try (Host host = Host.start(engine, store)) {
            database.insert("a", 1, 1);
            database.insert("a", 2, 3);
            List<Delivery> deliveries = host.take(4);
            Checkpoint whole = deliveries.get(0).checkpoint();
            Checkpoint middle = deliveries.get(2).checkpoint();
            assertThat(middle.confirmableLsn()).isEqualTo(whole.confirmableLsn());
            store.store(engine, middle);

            engine.start(store);

            assertThat(Host.values(host.take(1))).containsExactly("{\"n\":4}");
        }
    }

    @Test
    void inside_a_long_transaction_the_checkpoint_follows_the_acknowledgements_and_nothing_is_confirmed() {
        RelayConfig config = database.config().maxBytesInFlight(1024 * 1024).build();
        RelayEngine engine = new RelayEngine(config);
        MemoryStore store = new MemoryStore();
        int events = 20_000;
        try (Host host = Host.start(engine, store)) {
            LogSequenceNumber before = engine.checkpoint().confirmableLsn();
            database.insert("a", 0, events);
            List<Delivery> acknowledged = host.takeUntilFull(config);
            acknowledged.forEach(Delivery::ack);
            host.takeUntilFull(config);
            int steps = acknowledged.size() / AckTracker.SEGMENT * AckTracker.SEGMENT;
            assertThat(steps).isPositive();

            Checkpoint inside = engine.settle(Duration.ofSeconds(5)).orElseThrow();
            assertThat(inside.position().index()).isGreaterThanOrEqualTo(steps - 1);
            assertThat(inside.position().commitLsn())
                    .isEqualTo(acknowledged.get(0).position().commitLsn());
            assertThat(inside.confirmableLsn()).isLessThan(inside.position().commitLsn());
            store.store(engine, inside);

            engine.start(store);
            int next = (int) inside.position().index() + 1;
            while (next < events) {
                assertThat(engine.confirmedLsn()).isLessThan(inside.position().commitLsn());
                for (Delivery delivery : engine.poll(Duration.ofSeconds(10))) {
                    assertThat(delivery.position().index()).isEqualTo(next++);
                    delivery.ack();
                }
            }
            store.store(engine, engine.settle(Duration.ofSeconds(5)).orElseThrow());
            await().until(() ->
                    engine.confirmedLsn().compareTo(inside.position().commitLsn()) > 0);
            assertThat(before).isLessThan(inside.position().commitLsn());
        }
    }

    @Test
    void the_slot_stays_alive_while_the_host_looks_for_its_position() {
        RelayConfig config = database.config()
                .walSenderTimeout(Duration.ofSeconds(1))
                .maxBytesInFlight(32 << 20)
                .build();
        PositionStore slow = new PositionStore() {
            @Override
            public Optional<Checkpoint> peek() {
                return Optional.empty();
            }

            @Override
            public Optional<Checkpoint> take() {
                database.insert("a", 1, 20_000);
                await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
                return Optional.empty();
            }
        };
        try (Host host = Host.start(new RelayEngine(config), slow)) {
            assertThat(host.take(20_000)).hasSize(20_000);
        }
    }

    @Test
    void an_idle_slot_follows_the_wal_of_other_tables_without_a_heartbeat_table() {
        try (Host host = Host.start(database.config().build())) {
            database.execute("CREATE TABLE foreign_table AS SELECT n FROM generate_series(1, 100000) n");
            LogSequenceNumber written = LogSequenceNumber.parse(database.query("SELECT pg_current_wal_lsn()"));

            await().atMost(Duration.ofSeconds(20)).until(() -> confirmed().compareTo(written) >= 0);
            assertThat(host.engine().confirmedLsn()).isGreaterThanOrEqualTo(written);
        }
    }

    @Test
    void wal_of_other_tables_confirms_nothing_while_an_event_waits() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            Delivery waiting = host.take(1).get(0);
            database.execute("CREATE TABLE foreign_table AS SELECT n FROM generate_series(1, 100000) n");

            await().during(Duration.ofSeconds(2))
                    .until(() -> confirmed().compareTo(waiting.position().commitLsn()) <= 0);
        }
    }

    @Test
    void memory_is_bounded_and_the_slot_stays_alive_while_nothing_is_acknowledged() {
        RelayConfig config = database.config()
                .maxBytesInFlight(1024 * 1024)
                .walSenderTimeout(Duration.ofSeconds(2))
                .build();
        try (Host host = Host.start(config)) {
            int events = 20_000;
            database.insert("a", 1, events);

            List<Delivery> first = host.takeUntilFull(config);
            assertThat(first).hasSizeBetween(100, 1024 * 1024 / 256);
            assertThatNothingMoreComes(host, Duration.ofSeconds(5));
            assertThat(database.query(active())).isEqualTo("t");

            first.forEach(Delivery::ack);
            int taken = first.size();
            while (taken < events) {
                List<Delivery> more = host.engine().poll(Duration.ofSeconds(10));
                assertThat(more).isNotEmpty();
                more.forEach(Delivery::ack);
                taken += more.size();
            }
            assertThat(taken).isEqualTo(events);
        }
    }

    private static void assertThatNothingMoreComes(Host host, Duration duration) {
        assertThat(host.engine().poll(duration)).isEmpty();
    }

    @Test
    void an_event_larger_than_all_the_room_is_let_through_alone() {
        try (Host host =
                Host.start(database.config().maxBytesInFlight(1024 * 1024).build())) {
            database.insert("a", 1, 1);
            database.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at) VALUES"
                    + " (gen_random_uuid(), 'Order', 'a', 't', to_json(repeat('x', 10000000)), now())");
            database.insert("a", 3, 1);

            host.take(1).forEach(Delivery::ack);
            List<Delivery> large = host.take(1);
            assertThat(large.get(0).record().value()).hasSize(10_000_002);
            assertThatNothingMoreComes(host, Duration.ofMillis(500));
            large.forEach(Delivery::ack);
            assertThat(Host.values(host.take(1))).containsExactly("{\"n\":3}");
        }
    }

    @Test
    void close_confirms_what_was_acknowledged_and_gives_the_slot_back() {
        Host host = Host.start(database.config().build());
        database.insert("a", 1, 1);
        Delivery delivery = host.take(1).get(0);
        delivery.ack();
        host.close();

        assertThat(confirmed()).isGreaterThan(delivery.position().commitLsn());
        await().until(() -> database.query(active()).equals("f"));
        host.close();
    }

    @Test
    void one_transaction_may_be_far_larger_than_the_room_for_it() {
        RelayConfig config = database.config().maxBytesInFlight(1024 * 1024).build();
        try (Host host = Host.start(config)) {
            int events = 100_000;
            database.insert("a", 0, events);
            int next = 0;
            while (next < events) {
                for (Delivery delivery : host.engine().poll(Duration.ofSeconds(10))) {
                    assertThat(delivery.record().value()).asString().isEqualTo("{\"n\":" + next + "}");
                    next++;
                    delivery.ack();
                }
            }
        }
    }

    @Test
    void a_slot_that_went_away_is_not_made_again_in_silence() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            host.take(1).forEach(Delivery::ack);
            endStream();
            await().ignoreExceptions().until(() -> {
                database.execute("SELECT pg_drop_replication_slot('" + database.slot() + "')");
                return true;
            });
            database.insert("a", 2, 1);
            assertThatThrownBy(() -> host.take(1)).isInstanceOf(RelayException.class);

            assertThatThrownBy(() -> host.engine().start(PositionStore.NONE))
                    .isInstanceOfSatisfying(
                            RelayException.class, e -> assertThat(e.retriable()).isFalse())
                    .hasMessageContaining("slot '" + database.slot() + "'")
                    .hasMessageContaining("found that it is gone");
        }
    }

    @Test
    void a_publication_that_went_away_is_not_made_again_in_silence() {
        try (Host host = Host.start(database.config().build())) {
            database.execute("DROP PUBLICATION outbox");
            database.insert("a", 1, 1);

            assertThatThrownBy(() -> host.engine().start(PositionStore.NONE))
                    .hasMessageContaining("publication 'outbox'")
                    .hasMessageContaining("found that it is gone");
        }
    }

    @Test
    void a_table_renamed_while_streaming_is_not_passed_over_in_silence() {
        try (Host host = Host.start(database.config().build())) {
            database.execute("ALTER TABLE outbox RENAME TO outbox_old");
            database.execute("INSERT INTO outbox_old (id, aggregatetype, aggregateid, type, payload, occurred_at)"
                    + " VALUES (gen_random_uuid(), 'Order', 'a', 't', '1', now())");

            assertThatThrownBy(() -> host.take(1)).hasMessageContaining("public.outbox_old");
            database.execute("ALTER TABLE outbox_old RENAME TO outbox");
        }
    }

    @Test
    void close_says_when_the_last_confirmation_may_be_lost() {
        Host host = Host.start(database.config().build());
        database.insert("a", 1, 1);
        Delivery delivery = host.take(1).get(0);
        endStream();
        await().until(() -> database.query(active()).equals("f"));
        delivery.ack();

        assertThatThrownBy(host::close)
                .isInstanceOf(RelayException.class)
                .hasMessageContaining("last confirmation may not have arrived");
        host.close();
    }

    @Test
    void a_lost_connection_is_said_and_nothing_is_lost() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 1);
            host.take(1);
            endStream();

            assertThatThrownBy(() -> host.take(1))
                    .isInstanceOfSatisfying(
                            RelayException.class, e -> assertThat(e.retriable()).isTrue())
                    .hasMessageContaining("slot '" + database.slot() + "'");
            database.insert("a", 2, 1);
            await().ignoreExceptions().until(() -> {
                host.engine().start(PositionStore.NONE);
                return true;
            });
            assertThat(Host.values(host.take(2))).containsExactly("{\"n\":1}", "{\"n\":2}");
        }
    }

    private void endStream() {
        database.execute("SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = '"
                + database.slot() + "'");
    }

    private LogSequenceNumber confirmed() {
        return LogSequenceNumber.parse(database.query(
                "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'"));
    }

    private String active() {
        return "SELECT active FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'";
    }
}
