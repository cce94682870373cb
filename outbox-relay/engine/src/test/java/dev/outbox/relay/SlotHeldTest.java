package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.WrongStreams;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A slot that another connection streams from: who holds it is known, and nobody is shut out. */
class SlotHeldTest {

    private final Database database = Database.create().execute(OutboxTable.ddl());

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void a_second_engine_on_the_slot_is_told_that_it_is_taken() {
        try (Host host = Host.start(database.config().build())) {
            assertHeldByAnother(new RelayEngine(database.config().build()));
            database.insert("a", 1, 1);
            host.take(1);
        }
    }

    @Test
    void an_engine_that_streamed_before_is_told_so_as_well_where_another_has_taken_over() {
        RelayEngine first = new RelayEngine(database.config().build());
        first.start(PositionStore.NONE);
        first.close();
        try (Host second = Host.start(database.config().build())) {
            assertHeldByAnother(first);
            database.insert("a", 1, 1);
            second.take(1);
        }
    }

    @Test
    void an_engine_knows_its_own_connection_that_the_server_has_not_seen_end() {
        try (Proxy proxy = Proxy.to(database.server().port())) {
            RelayEngine engine = new RelayEngine(
                    RelayConfig.builder("jdbc:postgresql://localhost:" + proxy.port() + "/" + database.slot())
                            .username("postgres")
                            .slot(database.slot())
                            .build());
            engine.start(PositionStore.NONE);
            database.insert("a", 1, 1);
            proxy.forget();

            assertThatThrownBy(() -> engine.start(PositionStore.NONE))
                    .isInstanceOfSatisfying(
                            SlotHeldException.class, e -> assertThat(e.isOwn()).isTrue())
                    .hasMessageContainingAll("own connection of before (PID " + holder() + ")", "wal-sender-timeout");
            assertHeldByAnother(new RelayEngine(database.config().build()));

            database.query("SELECT pg_terminate_backend(" + holder() + ")");
            await().until(this::holder, "none"::equals);
            try (Host host = Host.start(engine)) {
                assertThat(Host.values(host.takeOnly(1))).containsExactly("{\"n\":1}");
            }
        }
    }

    @Test
    void a_connection_of_before_that_ends_as_it_is_asked_for_is_not_taken_for_another_relays() {
        AtomicBoolean held = new AtomicBoolean();
        RelayEngine engine = new RelayEngine(database.config().build(), (source, statusInterval) -> {
            if (held.getAndSet(false)) {
                throw WrongStreams.heldUntilJustNow();
            }
            return ReplicationStream.open(source, statusInterval);
        });
        engine.start(PositionStore.NONE);
        held.set(true);
        try (Host host = Host.start(engine)) {
            assertThat(held).isFalse();
            database.insert("a", 1, 1);
            host.take(1);
        }
    }

    private static void assertHeldByAnother(RelayEngine engine) {
        assertThatThrownBy(() -> engine.start(PositionStore.NONE))
                .isInstanceOfSatisfying(SlotHeldException.class, e -> {
                    assertThat(e.isOwn()).isFalse();
                    assertThat(e.retriable()).isTrue();
                })
                .hasMessageContaining("held by another connection");
    }

    private String holder() {
        return database.query(
                "SELECT active_pid FROM pg_replication_slots WHERE active AND slot_name = '" + database.slot() + "'");
    }
}
