package dev.outbox.jpa.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody is measured doing nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SidesTest {

    private static final int TRANSACTIONS = 7;

    /** The type bytes of pgoutput's messages Insert and Delete. */
    private static final int INSERT = 'I';

    private static final int DELETE = 'D';

    private Database database;
    private Sides sides;

    @BeforeAll
    void open() {
        database = Database.start();
        sides = Sides.open(database);
        database.execute("CREATE PUBLICATION events FOR TABLE " + String.join(", ", sides.tables()));
        database.query("SELECT lsn::text FROM pg_create_logical_replication_slot('events', 'pgoutput')");
    }

    @AfterAll
    void close() {
        database.query("SELECT pg_drop_replication_slot('events')::text");
        database.startRound(sides.tables());
        sides.close();
        database.close();
    }

    Stream<Arguments> every_side_and_number_of_events() {
        return Stream.of(0, 1, 10, 100)
                .flatMap(events -> sides.with(events).stream().map(side -> arguments(side.name(), side, events)));
    }

    @ParameterizedTest(name = "{0}, {2} events", autoCloseArguments = false)
    @MethodSource("every_side_and_number_of_events")
    void every_side_changes_its_order_and_writes_every_event(String name, Side side, int events) {
        database.startRound(sides.tables());
        changes();
        long order = sides.order(side, 0);
        long parcelsBefore = parcels(order);

        for (int i = 0; i < TRANSACTIONS; i++) {
            side.transaction(order, events);
        }

        int written = side.rows() == Side.Rows.NONE ? 0 : TRANSACTIONS * events;
        Map<Integer, Long> changes = changes();
        assertThat(parcels(order) - parcelsBefore).isEqualTo(TRANSACTIONS);
        assertThat(changes.getOrDefault(INSERT, 0L)).as("rows inserted").isEqualTo(written);
        assertThat(changes.getOrDefault(DELETE, 0L))
                .as("rows deleted")
                .isEqualTo(side.rows() == Side.Rows.DELETED ? written : 0);
        for (String table : side.tables()) {
            assertThat(database.query("SELECT count(*)::text FROM " + table))
                    .containsExactly(Integer.toString(side.rows() == Side.Rows.KEPT ? written : 0));
        }
        side.dropDeferred();
    }

    @Test
    void what_others_put_off_until_after_the_commit_is_done_where_it_is_asked_for() {
        for (Side side : List.of(sides.modulith(), sides.transactionOutbox())) {
            side.transaction(sides.order(side, 0), 10);

            assertThat(side.runDeferred()).as(side.name()).isEqualTo(10);
            assertThat(side.runDeferred()).as(side.name()).isZero();
        }
        assertThat(database.query("SELECT count(*)::text FROM event_publication WHERE status = 'COMPLETED'"))
                .containsExactly("10");
        assertThat(database.query("SELECT count(*)::text FROM txno_outbox")).containsExactly("0");
    }

    @Test
    void the_payload_has_about_200_bytes() {
        sides.publish().transaction(sides.order(sides.publish(), 0), 1);

        assertThat(database.query("SELECT octet_length(payload::text)::text FROM " + Database.OUTBOX_PUBLISH))
                .allSatisfy(length -> assertThat(Integer.parseInt(length)).isBetween(180, 220));
    }

    @Test
    void raw_jdbc_sends_what_outbox_sends() {
        for (int events : List.of(1, 10, 100)) {
            assertThat(sent(sides.publish(), events)).isEqualTo(sent(sides.rawJdbc(), events));
            assertThat(sent(sides.harvest(), events)).isEqualTo(sent(sides.rawJdbc(), events));
            assertThat(sent(sides.publishDeleted(), events)).isEqualTo(sent(sides.rawJdbcDeleted(), events));
            assertThat(sent(sides.harvestDeleted(), events)).isEqualTo(sent(sides.rawJdbcDeleted(), events));
        }
        assertThat(sent(sides.publish(), 0)).isEqualTo(sent(sides.noEvents(), 0));
        assertThat(sent(sides.harvest(), 0)).isEqualTo(sent(sides.noEvents(), 0));
    }

    @Test
    void the_server_is_durable() {
        for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
            assertThat(database.query("SHOW " + setting)).as(setting).containsExactly("on");
        }
    }

    @Test
    void no_two_threads_share_an_order() {
        List<Long> orders = sides.all().stream()
                .flatMap(side -> Stream.of(0, Measurement.MAX_THREADS - 1).map(thread -> sides.order(side, thread)))
                .toList();

        assertThat(orders).doesNotHaveDuplicates();
        assertThatCode(() -> orders.forEach(this::parcels)).doesNotThrowAnyException();
    }

    private Wire.Count sent(Side side, int events) {
        // Until the driver has made server-side statements of its own of all that is prepared.
        for (int i = 0; i < 10; i++) {
            side.transaction(sides.order(side, 0), events);
        }
        Wire.Count before = Wire.count();
        side.transaction(sides.order(side, 0), events);
        return Wire.count().since(before);
    }

    private long parcels(long order) {
        return Long.parseLong(database.query("SELECT parcels::text FROM orders WHERE id = " + order)
                .get(0));
    }

    /** What a relay would see of the events' tables since the last call: how many messages of each type. */
    private Map<Integer, Long> changes() {
        return database
                .query("SELECT get_byte(data, 0)::text FROM pg_logical_slot_get_binary_changes('events', NULL, NULL,"
                        + " 'proto_version', '1', 'publication_names', 'events')")
                .stream()
                .collect(Collectors.groupingBy(Integer::valueOf, Collectors.counting()));
    }
}
