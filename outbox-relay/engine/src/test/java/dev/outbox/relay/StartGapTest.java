package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.samples.servers.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What happened while nobody streamed is found at the start, and nothing is made anew in silence. */
class StartGapTest {

    private final Database database = Database.create().execute(OutboxTable.ddl());
    private final MemoryStore store = new MemoryStore();

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            SELECT pg_drop_replication_slot(current_database()) | that it is gone: a new one would skip
            SELECT pg_drop_replication_slot(current_database()), pg_create_logical_replication_slot(current_database(), 'pgoutput') | somebody else has moved it or made it anew
            SELECT pg_replication_slot_advance(current_database(), pg_current_wal_lsn()) | somebody else has moved it or made it anew
            DROP PUBLICATION outbox | that it is gone: what committed without it
            DROP PUBLICATION outbox; CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert') | publication of OID
            ALTER PUBLICATION outbox DROP TABLE outbox; ALTER PUBLICATION outbox ADD TABLE outbox | entry in the publication of OID
            DROP TABLE outbox; CREATE TABLE outbox (id uuid, aggregatetype text, aggregateid text, type text, payload json, occurred_at timestamptz); ALTER PUBLICATION outbox ADD TABLE outbox | table of OID
            """)
    void what_changed_meanwhile_is_a_gap_until_it_is_accepted(String change, String message) {
        Checkpoint stored = deliverOne();
        database.insert("a", 2, 1);
        for (String statement : change.split(";", -1)) {
            database.execute(statement);
        }
        RelayEngine engine = new RelayEngine(database.config().build());

        GapException gap = gapOf(engine);

        assertThat(gap).hasMessageContaining(message).hasMessageContaining("accept the gap");
        assertThat(gap.retriable()).isFalse();
        assertThat(gap.range().afterLsn()).isEqualTo(stored.confirmableLsn());
        assertThat(gap.range().afterMillis()).isEqualTo(stored.committedAtMillis());
        assertThatThrownBy(() -> adopt(engine, refused -> false)).isInstanceOf(GapException.class);
        assertThat(gapOf(engine).getMessage()).contains(message);

        adopt(engine, accepted -> true);
        try (Host host = Host.start(engine, store)) {
            database.insert("a", 3, 1);
            assertThat(Host.values(host.takeUntil("{\"n\":3}"))).doesNotContain("{\"n\":1}");
        }
    }

    @Test
    void a_publication_without_the_table_is_a_gap_and_the_table_is_put_back_by_hand() {
        deliverOne();
        database.execute("ALTER PUBLICATION outbox DROP TABLE outbox");
        RelayEngine engine = new RelayEngine(database.config().build());

        assertThat(gapOf(engine))
                .hasMessageContaining("found it without")
                .hasMessageContaining("ALTER PUBLICATION \"outbox\" ADD TABLE \"public\".\"outbox\"");
        assertThatThrownBy(() -> adopt(engine, accepted -> true)).hasMessageContaining("ADD TABLE");
    }

    @Test
    void accepting_a_change_of_the_publication_loses_nothing_that_the_slot_still_keeps() {
        deliverOne();
        database.insert("a", 2, 1);
        database.execute("ALTER PUBLICATION outbox DROP TABLE outbox");
        database.insert("a", 3, 1);
        database.execute("ALTER PUBLICATION outbox ADD TABLE outbox");
        database.insert("a", 4, 1);
        RelayEngine engine = new RelayEngine(database.config().build());

        adopt(engine, accepted -> true);

        try (Host host = Host.start(engine, store)) {
            assertThat(Host.values(host.takeOnly(2))).containsExactly("{\"n\":2}", "{\"n\":4}");
        }
    }

    /** From PostgreSQL 18 on the server warns of what it leaves out. Here that is read when newer events are read as well. */
    @Test
    void a_warning_about_a_gap_that_was_accepted_is_no_new_gap() {
        deliverOne();
        database.execute("DROP PUBLICATION outbox");
        database.insert("a", 2, 1);
        RelayEngine engine =
                new RelayEngine(database.config().maxBytesInFlight(1 << 20).build());
        adopt(engine, accepted -> true);
        insertMegabyte();
        insertMegabyte();

        try (Host host = Host.start(engine, store)) {
            // Each of the large ones takes all the room, so the loop waits behind the first.
            database.insert("a", 5, 1);
            for (int n = 3; n <= 5; n++) {
                host.take(1).forEach(Delivery::ack);
            }
            host.takeOnly(0);
        }
    }

    private void insertMegabyte() {
        database.execute("INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at) VALUES"
                + " (gen_random_uuid(), 'Order', 'a', 't', to_json(repeat('x', 1048576)), now())");
    }

    @Test
    void another_servers_checkpoint_is_a_gap() {
        Checkpoint stored = deliverOne();
        SourceIdentity here = stored.source();
        store.store(new Checkpoint(
                new SourceIdentity("7", here.slot(), here.publicationOid(), here.entryOid(), here.tableOid()),
                stored.position(),
                stored.confirmableLsn(),
                stored.checkedLsn(),
                stored.committedAtMillis()));

        assertThat(gapOf(new RelayEngine(database.config().build())))
                .hasMessageContaining("system identifier 7")
                .hasMessageContaining("found " + here.systemIdentifier());
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT pg_drop_replication_slot(current_database())", "DROP PUBLICATION outbox"})
    void an_accepted_gap_reaches_to_where_the_stream_begins_again(String change) {
        deliverOne();
        database.execute(change);
        RelayEngine engine = new RelayEngine(database.config().build());
        List<LogSequenceNumber> thoughtUntil = new ArrayList<>();
        List<GapRange> kept = new ArrayList<>();

        engine.adopt(
                store,
                gap -> {
                    database.insert("a", 2, 1);
                    thoughtUntil.add(LogSequenceNumber.parse(database.query("SELECT pg_current_wal_insert_lsn()")));
                    return true;
                },
                (adopted, range) -> {
                    store.store(adopted);
                    kept.add(range);
                });

        assertThat(kept.get(0).untilLsn()).isGreaterThanOrEqualTo(thoughtUntil.get(0));
        try (Host host = Host.start(engine, store)) {
            database.insert("a", 3, 1);
            assertThat(Host.values(host.takeOnly(1))).containsExactly("{\"n\":3}");
        }
    }

    @Test
    void adopting_without_a_gap_changes_nothing() {
        Checkpoint stored = deliverOne();
        database.insert("a", 2, 1);
        RelayEngine engine = new RelayEngine(database.config().build());

        Checkpoint adopted = adopt(engine, gap -> {
            throw new AssertionError(gap);
        });

        assertThat(adopted.position()).isEqualTo(stored.position());
        assertThat(adopted.confirmableLsn()).isEqualTo(stored.confirmableLsn());
        assertThat(store.peek()).contains(stored);
        try (Host host = Host.start(engine, store)) {
            assertThat(Host.values(host.takeOnly(1))).containsExactly("{\"n\":2}");
        }
    }

    @Test
    void a_first_start_with_a_store_goes_on_from_the_slot() {
        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 1, 2);
            host.take(2).get(0).ack();
        }

        try (Host host = Host.start(new RelayEngine(database.config().build()), store)) {
            assertThat(Host.values(host.takeOnly(2))).containsExactly("{\"n\":1}", "{\"n\":2}");
        }
    }

    @Test
    void a_host_without_a_store_is_told_as_well_while_its_engine_remembers() {
        RelayEngine engine = new RelayEngine(database.config().build());
        Host.start(engine).close();
        database.execute("DROP PUBLICATION outbox");
        database.execute("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");

        assertThatThrownBy(() -> engine.start(PositionStore.NONE))
                .isInstanceOf(GapException.class)
                .hasMessageContaining("publication of OID");
    }

    @Test
    void an_invalidated_slot_is_a_gap_that_begins_where_it_was_confirmed() {
        try (PostgresServer server = PostgresServer.start(Map.of("max_slot_wal_keep_size", "1MB"))) {
            Database small = Database.createOn(server).execute(OutboxTable.ddl());
            RelayEngine engine = new RelayEngine(small.config().build());
            Host.start(engine, store).close();
            LogSequenceNumber confirmed = LogSequenceNumber.parse(small.query(
                    "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + small.slot() + "'"));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                small.execute("SELECT pg_switch_wal()");
                small.execute("CHECKPOINT");
                return small.query("SELECT wal_status FROM pg_replication_slots")
                        .equals("lost");
            });

            GapException gap = gapOf(new RelayEngine(small.config().build()));

            String reason = server.majorVersion() < 17 ? "" : " (wal_removed)";
            assertThat(gap).hasMessageContaining("has invalidated it" + reason + ": it has dropped WAL");
            assertThat(gap.range().afterLsn()).isEqualTo(confirmed);
            adopt(engine, accepted -> true);
            try (Host host = Host.start(engine, store)) {
                small.insert("a", 5, 1);
                assertThat(Host.values(host.take(1))).containsExactly("{\"n\":5}");
            }
        }
    }

    /** Before PostgreSQL 18 the server can't read past that place; from then on it leaves out what committed before. */
    @Test
    void a_slot_that_is_older_than_its_publication_gets_past_that_as_the_message_says() {
        database.execute("SELECT pg_create_logical_replication_slot(current_database(), 'pgoutput')");
        database.insert("a", 1, 1);
        database.execute("CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");

        if (database.server().majorVersion() < 18) {
            RelayEngine refused = new RelayEngine(database.config().build());
            refused.start(PositionStore.NONE);
            GapException gap = catchThrowableOfType(GapException.class, () -> refused.poll(Duration.ofSeconds(30)));
            refused.close();
            Matcher advice = Pattern.compile("SELECT pg_replication_slot_advance\\(.+?\\(\\)\\)")
                    .matcher(gap.getMessage());
            assertThat(advice.find()).as(gap.getMessage()).isTrue();
            await().until(() -> database.query(
                            "SELECT active FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'")
                    .equals("f"));
            database.execute(advice.group());
        }

        try (Host host = Host.start(database.config().build())) {
            database.insert("a", 2, 1);
            assertThat(Host.values(host.takeOnly(1))).containsExactly("{\"n\":2}");
        }
    }

    private Checkpoint deliverOne() {
        try (Host host = Host.start(new RelayEngine(database.config().build()), store)) {
            database.insert("a", 1, 1);
            List<Delivery> deliveries = host.take(1);
            deliveries.forEach(Delivery::ack);
            Checkpoint checkpoint = host.engine().settle(Duration.ofSeconds(5)).orElseThrow();
            store.store(host.engine(), checkpoint);
            return checkpoint;
        }
    }

    private Checkpoint adopt(RelayEngine engine, Predicate<GapException> accept) {
        return engine.adopt(store, accept, (adopted, range) -> store.store(adopted));
    }

    private GapException gapOf(RelayEngine engine) {
        try {
            engine.start(store);
        } catch (GapException gap) {
            return gap;
        }
        throw new AssertionError("no gap was found");
    }
}
