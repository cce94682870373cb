package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.replay.DeadLettersCommand;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code outbox-relay dead-letters}: what is in the topic is told, and sent to where it was to go once that takes it. */
class DeadLettersTest {

    private static final String LARGE = "018f0000-0000-7000-8000-000000000002";
    private static final String LARGER = "018f0000-0000-7000-8000-000000000003";
    private static final String ROW = "018f0000-0000-7000-8000-000000000004";
    private static final String GONE = "018f0000-0000-7000-8000-000000000005";

    private final Shop shop = Shop.withOutbox();
    private final String yaml = shop.yaml("on-record-error: dead-letter", "partitions: 1");
    private Topic orders;

    /** One letter that is whole, two that are references, of which one event is gone, and one of a row that was no event. */
    @BeforeEach
    void dieFourTimes() {
        orders = Topic.create(shop.topic("Order"), Map.of("max.message.bytes", "2000"));
        Topic letters = Topic.create("outbox.dead-letter." + shop.name, Map.of("max.message.bytes", "5000"));
        shop.execute("ALTER TABLE outbox ALTER type DROP NOT NULL");
        try (RunningStream relay = new RunningStream(yaml)) {
            StreamTest.awaitRelaying(relay);
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at) VALUES
                    ('%s', 'Order', '4711', 'large.v1', to_json(repeat('x', 3000)), '{"tenant": "blue"}', '2026-03-01T12:00:00Z'),
                    ('%s', 'Order', '4712', 'larger.v1', to_json(repeat('y', 9000)), '{"tenant": "red"}', '2026-03-01T12:00:00Z'),
                    ('%s', 'Order', '4713', NULL, '"row"', null, '2026-03-01T12:00:00Z'),
                    ('%s', 'Order', '4714', 'larger.v1', to_json(repeat('z', 9000)), null, '2026-03-01T12:00:00Z')
                    """.formatted(LARGE, LARGER, ROW, GONE));
            assertThat(letters.records(4)).hasSize(4);
            assertThat(relay.stop()).as(relay.log()::toString).isTrue();
        }
        shop.execute("DELETE FROM outbox WHERE id = '" + GONE + "'");
    }

    @Test
    void they_are_listed_without_what_is_in_them() {
        Clinic.Visit listed = run("list");

        assertThat(listed.exitCode()).as(listed.output()).isZero();
        assertThat(listed.output().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .matches("0:0 {2}20\\S+Z {2}size {2}" + LARGE + " {2}\\S+/\\S+#0 {2}"
                                        + shop.topic("Order")
                                        + " {2}org.apache.kafka.common.errors.RecordTooLargeException: The event "
                                        + LARGE
                                        + " takes up to 3\\d+ bytes as a record, and the topic " + shop.topic("Order")
                                        + " allows 2000 \\(max.message.bytes\\)\\."),
                        line -> assertThat(line).startsWith("0:1  ").contains("  size  " + LARGER),
                        line -> assertThat(line)
                                .startsWith("0:2  ")
                                .contains("  row  " + ROW, "Expected a value in the column 'type'"),
                        line -> assertThat(line).startsWith("0:3  ").contains("  size  " + GONE));
        assertThat(listed.output()).doesNotContain("xxxx", "blue", "4711");

        assertThat(run("list", "--reason", "row").output().lines()).hasSize(1);
        assertThat(run("list", "--offset", "0:1", "--json").output())
                .startsWith("{\"deadLetters\":[{\"offset\":\"0:1\",\"deadAt\":\"20")
                .contains("\"reason\":\"size\",\"eventId\":\"" + LARGER + "\"", "\"reference\":true}]}");
        assertThat(run("list", "--id", "none", "--json").output().strip()).isEqualTo("{\"deadLetters\":[]}");
    }

    @Test
    void what_was_chosen_is_sent_as_the_event_it_was() {
        orders.set("max.message.bytes", "20000");

        Clinic.Visit counted = run("replay", "--all", "--dry-run");
        assertThat(counted.output()).contains("Would replay 2 events: 2 to " + shop.topic("Order") + "; 2 refused.");
        Clinic.Visit replayed = run("replay", "--id", LARGE, "--id", LARGER);

        assertThat(replayed.exitCode()).as(replayed.output()).isZero();
        assertThat(replayed.output()).endsWith("Replayed 2 events: 2 to " + shop.topic("Order") + ".\n");
        List<ConsumerRecord<byte[], byte[]>> events = orders.records(2);
        assertThat(events).hasSize(2);
        ConsumerRecord<byte[], byte[]> letter =
                new Topic("outbox.dead-letter." + shop.name).records(4).get(0);
        ConsumerRecord<byte[], byte[]> whole = events.get(0);
        assertThat(Topic.text(whole.key())).isEqualTo("4711");
        assertThat(whole.value()).isEqualTo(letter.value());
        assertThat(whole.timestamp()).isEqualTo(Long.parseLong(Topic.header(letter, "outbox.dead-letter.timestamp")));
        assertThat(headers(whole))
                .containsExactly(
                        "id", "eventType", "aggregateType", "occurredAt", "contentType", "tenant", "outbox.replay");
        assertThat(Topic.header(whole, "tenant")).isEqualTo("blue");
        ConsumerRecord<byte[], byte[]> read = events.get(1);
        assertThat(Topic.text(read.value())).isEqualTo("\"" + "y".repeat(9000) + "\"");
        assertThat(Topic.header(read, "tenant")).isEqualTo("red");
        assertThat(headers(read)).endsWith("outbox.replay");
        assertThat(read.timestamp()).isEqualTo(whole.timestamp());
    }

    @Test
    void what_can_not_be_sent_is_said_and_a_row_that_was_mended_can() {
        Clinic.Visit refused = run("replay", "--all");

        assertThat(refused.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(refused.output())
                .contains("refused  0:0 " + LARGE + ": The event " + LARGE + " takes up to ")
                .contains("refused  0:2 " + ROW + ": Expected a value in the column 'type'")
                .contains("refused  0:3 " + GONE
                        + ": The dead letter does not hold the event, and it is not in the outbox table any more.")
                .endsWith("Replayed 0 events; 4 refused.\n")
                .doesNotContain("xxxx");

        shop.execute("UPDATE outbox SET type = 'mended.v1' WHERE id = '" + ROW + "'");
        Clinic.Visit mended = run("replay", "--reason", "row", "--now", "--json");
        assertThat(mended.output().lines().filter(line -> line.startsWith("{")))
                .containsExactly("{\"dryRun\":false,\"replayed\":1,\"refused\":0,\"topics\":{\"" + shop.topic("Order")
                        + "\":1},\"refusals\":[]}");
        ConsumerRecord<byte[], byte[]> event = orders.records(1).get(0);
        assertThat(Topic.text(event.value())).isEqualTo("\"row\"");
        assertThat(Topic.header(event, "eventType")).isEqualTo("mended.v1");
        assertThat(event.timestamp()).isGreaterThan(System.currentTimeMillis() - 60_000);
    }

    @Test
    void a_stream_without_dead_letters_has_none() {
        Shop other = Shop.withOutbox();

        assertThat(Clinic.run(
                        new DeadLettersCommand(),
                        "list",
                        "--config",
                        Shop.write(other.yaml()).toString(),
                        "--stream",
                        other.name))
                .isEqualTo(new Clinic.Visit(0, ""));
        assertThat(run("replay").exitCode()).isEqualTo(ExitCode.USAGE);
    }

    private Clinic.Visit run(String verb, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of(verb, "--config", Shop.write(yaml).toString(), "--stream", shop.name));
        arguments.addAll(List.of(options));
        return Clinic.run(new DeadLettersCommand(), arguments.toArray(String[]::new));
    }

    private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        List<String> names = new ArrayList<>();
        record.headers().forEach(header -> names.add(header.key()));
        return names;
    }
}
