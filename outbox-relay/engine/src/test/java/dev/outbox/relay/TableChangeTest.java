package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A table that changes in mid-stream, so that its rows can't be read with the configuration that there is. */
class TableChangeTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String RENAME = "ALTER TABLE outbox RENAME COLUMN payload TO body;";

    private final Database database = Database.create().execute(OutboxTable.ddl());
    private final MemoryStore store = new MemoryStore();

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void what_comes_before_a_row_that_cant_be_read_is_finished_before_the_stream_fails() {
        RelayEngine engine = new RelayEngine(database.config().build());
        try (Host host = Host.start(engine, store)) {
            database.execute(row("payload", 1) + row("payload", 2));
            database.execute(RENAME);
            database.execute(row("body", 3));

            List<Delivery> before = host.take(2);
            assertThat(engine.poll(Duration.ofSeconds(1))).isEmpty();
            before.forEach(Delivery::ack);
            storeUpTo(engine, before.get(1));

            assertFails(engine);
        }
        assertGoesOnWith("body", 3);
    }

    @Test
    void a_transaction_that_changes_the_table_is_delivered_up_to_the_change() {
        RelayEngine engine = new RelayEngine(database.config().build());
        try (Host host = Host.start(engine, store)) {
            database.execute(row("payload", 1));
            database.execute(row("payload", 2) + RENAME + row("body", 3));

            List<Delivery> before = host.take(2);
            before.forEach(Delivery::ack);
            storeUpTo(engine, before.get(1));

            assertFails(engine);
            assertThat(engine.checkpoint().confirmableLsn())
                    .isEqualTo(before.get(0).checkpoint().confirmableLsn());
        }
        assertGoesOnWith("body", 3);
    }

    /** {@code {"n":number}} in that column. */
    private static String row(String payload, int number) {
        return "INSERT INTO outbox (id, aggregatetype, aggregateid, type, " + payload + ", occurred_at) VALUES"
                + " (gen_random_uuid(), 'Order', 'a', 't', '{\"n\":" + number + "}', now());";
    }

    private void storeUpTo(RelayEngine engine, Delivery last) {
        await().until(() -> engine.checkpoint().position().equals(last.position()));
        store.store(engine, engine.checkpoint());
    }

    private static void assertFails(RelayEngine engine) {
        assertThatThrownBy(() -> engine.poll(LIMIT))
                .isInstanceOfSatisfying(
                        RelayException.class,
                        failed -> assertThat(failed.retriable()).isFalse())
                .hasMessageContaining("a column 'payload' in the table public.outbox");
    }

    private void assertGoesOnWith(String payload, int number) {
        OutboxTable table = OutboxTable.DEFAULT.withColumn(Column.PAYLOAD, payload);
        try (Host host =
                Host.start(new RelayEngine(database.config().table(table).build()), store)) {
            assertThat(Host.values(host.take(1))).containsExactly("{\"n\":" + number + "}");
        }
    }
}
