package dev.outbox.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rows that can't become a record: delivered with the reason, in their place among the others. */
class RowProblemTest {

    private static final String ID = "018f0000-0000-7000-8000-000000000001";

    private final Database database = Database.create().execute("""
            CREATE TABLE outbox (id uuid, aggregatetype text, aggregateid text, type text, payload bytea, headers json,
            occurred_at timestamptz DEFAULT now())
            """);

    @AfterEach
    void releaseDatabases() {
        Database.releaseAll();
    }

    @Test
    void a_row_with_a_problem_comes_in_its_place_and_those_after_it_come_too() {
        try (Host host = Host.start(database.config().build())) {
            row("'1', 'Order', 'a', 't', null");
            row("'2', 'Order', null, 't', null");
            row("'3', 'Order', 'a', 't', null");

            List<Delivery> deliveries = host.take(3);

            assertThat(deliveries.stream()
                            .map(delivery -> text(delivery.salvaged().value())))
                    .containsExactly("1", "2", "3");
            assertThat(deliveries.get(0).problem()).isNull();
            assertThat(deliveries.get(1).problem()).isNotNull();
            assertThat(deliveries.get(2).problem()).isNull();
        }
    }

    @Test
    void a_host_that_does_not_look_for_problems_sends_nothing_of_such_a_row() {
        try (Host host = Host.start(database.config().build())) {
            row("'secret', null, 'a', 't', null");

            Delivery delivery = host.take(1).get(0);

            assertThatThrownBy(delivery::record)
                    .isInstanceOfSatisfying(
                            RelayException.class, e -> assertThat(e.retriable()).isFalse())
                    .hasMessage(problem(delivery).getMessage());
        }
    }

    @Test
    void the_reason_names_the_column_and_the_event_and_nothing_of_the_payload() {
        try (Host host = Host.start(database.config().build())) {
            row("'secret', null, 'a', 't', null");
            row("'secret', 'Order', null, 't', null");
            row("'secret', 'Order', 'a', null, null");
            database.execute("INSERT INTO outbox (aggregatetype, aggregateid, type, payload) VALUES"
                    + " ('Order', 'a', 't', 'secret')");
            row("'secret', 'not a topic', 'a', 't', null");
            row("'secret', 'Order', 'a', 't', '[\"secret\"]'");

            List<String> problems = host.take(6).stream()
                    .map(delivery -> problem(delivery).getMessage())
                    .toList();

            assertThat(problems).noneMatch(problem -> problem.contains("secret"));
            assertThat(problems.get(0)).contains("'aggregatetype'", ID, "make the column NOT NULL");
            assertThat(problems.get(1)).contains("'aggregateid'", ID);
            assertThat(problems.get(2)).contains("'type'", ID);
            assertThat(problems.get(3)).contains("'id'", "(without id)");
            assertThat(problems.get(4)).contains("'not a topic'", ID, "under routes");
            assertThat(problems.get(5)).contains("headers", ID, "expected a JSON object");
        }
    }

    @Test
    void all_that_can_be_read_of_the_row_is_there_to_be_kept() {
        try (Host host = Host.start(database.config().build())) {
            row("'1', 'not a topic', 'a', 't', '{\"tenant\":\"acme\"}'");
            row("'2', 'Order', 'a', 't', '\"tenant=acme\"'");
            row("null, null, null, null, null");

            List<Delivery> deliveries = host.take(3);

            RelayRecord unroutable = deliveries.get(0).salvaged();
            assertThat(unroutable.topic()).isEmpty();
            assertThat(text(unroutable.key())).isEqualTo("a");
            assertThat(text(unroutable.value())).isEqualTo("1");
            assertThat(headers(unroutable))
                    .contains("id=" + ID, "eventType=t", "aggregateType=not a topic", "tenant=acme");
            RelayRecord headless = deliveries.get(1).salvaged();
            assertThat(headless.topic()).isEqualTo("outbox.event.Order");
            assertThat(text(headless.value())).isEqualTo("2");
            assertThat(headers(headless)).contains("id=" + ID, "aggregateType=Order");
            RelayRecord empty = deliveries.get(2).salvaged();
            assertThat(empty.topic()).isEmpty();
            assertThat(empty.key()).isEmpty();
            assertThat(empty.value()).isEmpty();
            assertThat(headers(empty)).contains("id=" + ID).noneMatch(header -> header.startsWith("eventType"));
        }
    }

    @Test
    void a_reason_is_short_however_long_the_row_is() {
        try (Host host = Host.start(database.config().build())) {
            row("'1', repeat('no topic ', 100000), 'a', 't', null");

            assertThat(problem(host.take(1).get(0)).getMessage()).hasSizeLessThan(2_100);
        }
    }

    @Test
    void failed_with_its_problem_it_ends_the_generation_and_what_came_before_is_confirmed() {
        try (Host host = Host.start(database.config().build())) {
            row("'1', 'Order', 'a', 't', null");
            row("'2', 'Order', null, 't', null");
            List<Delivery> deliveries = host.take(2);
            deliveries.get(0).ack();

            deliveries.get(1).fail(problem(deliveries.get(1)));

            assertThatThrownBy(() -> host.engine().poll(Duration.ofSeconds(5)))
                    .isInstanceOfSatisfying(
                            RelayException.class, e -> assertThat(e.retriable()).isFalse())
                    .hasMessageContaining("'aggregateid'");
            await().until(() ->
                    confirmed().compareTo(deliveries.get(0).position().commitLsn()) > 0);
            assertThat(confirmed())
                    .isLessThanOrEqualTo(deliveries.get(1).position().commitLsn());
            host.engine().start(PositionStore.NONE);
            assertThat(host.take(1).get(0).problem()).isNotNull();
        }
    }

    @Test
    void acknowledged_it_is_confirmed_like_any_other() {
        try (Host host = Host.start(database.config().build())) {
            row("'1', 'Order', null, 't', null");
            Delivery delivery = host.take(1).get(0);

            delivery.ack();

            await().until(() -> confirmed().compareTo(delivery.position().commitLsn()) > 0);
        }
    }

    private void row(String values) {
        database.execute("INSERT INTO outbox (id, payload, aggregatetype, aggregateid, type, headers) VALUES ('" + ID
                + "', " + values + ")");
    }

    private LogSequenceNumber confirmed() {
        return LogSequenceNumber.parse(database.query(
                "SELECT confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = '" + database.slot() + "'"));
    }

    private static List<String> headers(RelayRecord record) {
        return record.headers().stream()
                .map(header -> header.name() + "=" + text(header.value()))
                .toList();
    }

    private static RelayException problem(Delivery delivery) {
        return Objects.requireNonNull(delivery.problem());
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "none" : new String(bytes, StandardCharsets.UTF_8);
    }
}
