package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.relay.server.replay.ReplayCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code outbox-relay replay}: events of the table as the relay sends them, marked, and nothing else is touched. */
class ReplayCommandTest {

    private final Shop shop = Shop.withOutbox();

    @Test
    void a_replayed_event_is_the_relayed_one_but_for_the_mark_and_the_time() {
        String yaml =
                shop.yaml("partitions: 1", "delivery: exactly-once", "routes: { Person: " + shop.name + ".people }");
        try (RunningStream relay = new RunningStream(yaml)) {
            StreamTest.awaitRelaying(relay);
            shop.execute("ALTER TABLE outbox ALTER payload TYPE bytea USING NULL");
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, headers, occurred_at) VALUES
                    ('018f0000-0000-7000-8000-000000000001', 'Person', '47 é', 'moved.v1', '\\x00ff41',
                     '{"tenant": "blue", "contentType": "application/avro", "n": {"a": 1}}', '2026-03-01T12:00:00.5Z'),
                    ('018f0000-0000-7000-8000-000000000002', 'Person', '48', 'left.v1', NULL, NULL, '2026-03-01T12:00:01Z')
                    """);
            ConsumerRecord<byte[], byte[]> relayed = people(2).get(0);

            // Beside the running relay, which a producer with its transactional id would shut out.
            Clinic.Visit replayed = replay(yaml, "--id", "018f0000-0000-7000-8000-000000000001");

            assertThat(replayed.exitCode()).as(replayed.output()).isZero();
            assertThat(replayed.output().lines()).last().isEqualTo("Replayed 1 event: 1 to " + shop.name + ".people.");
            ConsumerRecord<byte[], byte[]> again = people(3).get(2);
            assertThat(again.key()).isEqualTo(relayed.key());
            assertThat(again.value()).isEqualTo(relayed.value()).containsExactly(0, -1, 0x41);
            List<String> headers = headers(again);
            assertThat(headers.get(headers.size() - 1)).startsWith("outbox.replay=20");
            assertThat(headers.subList(0, headers.size() - 1)).isEqualTo(headers(relayed));
            shop.execute("""
                    INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                    VALUES (gen_random_uuid(), 'Person', '1', 'moved.v1', '\\x42', now())
                    """);
            assertThat(people(4).get(3).value()).containsExactly(0x42);
            assertThat(relay.stop()).as(relay.log()::toString).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --all | 1 2 3 4 5
            --aggregate-type Order | 1 2 3 4
            --aggregate-type Order --aggregate-id b | 2 4
            --type paid.v1 | 3 4 5
            --from 2026-01-02T00:00:00Z | 2 3 4 5
            --until 2026-01-04T00:00:00Z | 1 2 3
            --from 2026-01-02T00:00:00Z --until 2026-01-05T00:00:00Z --type paid.v1 | 3 4
            --id 00000000-0000-0000-0000-000000000002 --id 00000000-0000-0000-0000-000000000005 | 2 5
            """)
    void what_is_chosen_is_replayed_in_the_order_of_its_time(String options, String expected) {
        shop.execute("""
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at)
                SELECT ('00000000-0000-0000-0000-00000000000' || i)::uuid, CASE i WHEN 5 THEN 'Person' ELSE 'Order' END,
                    CASE i % 2 WHEN 0 THEN 'b' ELSE 'a' END, CASE WHEN i < 3 THEN 'placed.v1' ELSE 'paid.v1' END,
                    to_json(i), '2026-01-01T00:00:00Z'::timestamptz + (i - 1) * interval '1 day'
                FROM generate_series(5, 1, -1) i
                """);
        String[] arguments = (options + " --topic " + shop.name + ".again").split(" ", -1);

        Clinic.Visit counted = replay(shop.yaml(), with(arguments, "--dry-run", "--json"));
        int count = expected.split(" ", -1).length;
        assertThat(counted.output().strip())
                .isEqualTo("{\"dryRun\":true,\"replayed\":" + count + ",\"refused\":0,\"topics\":{\"" + shop.name
                        + ".again\":" + count + "},\"refusals\":[]}");
        assertThat(replay(shop.yaml("partitions: 1"), arguments).exitCode()).isZero();

        assertThat(String.join(" ", new Topic(shop.name + ".again").values(count)))
                .isEqualTo(expected);
    }

    /** Brokers that are slower than the database, and events that are small only once they are compressed. */
    @Test
    void many_events_take_little_memory_and_their_progress_is_told() {
        slowBrokers("outbox-relay-" + shop.name + "-replay");
        shop.events("Order", "i::text", "to_json(repeat('x', 8000))", 20_000);
        try (RelayProcess replay = RelayProcess.startWithHeap(
                "128m",
                "replay",
                "--config",
                Shop.write(shop.yaml("partitions: 1")).toString(),
                "--stream",
                shop.name,
                "--all")) {
            assertThat(replay.exitCode()).as(replay::output).isZero();
            assertThat(replay.output())
                    .containsPattern("replayed \\d+ of 20000")
                    .contains("Replayed 20000 events: 20000 to " + shop.topic("Order") + ".");
        }
        assertThat(new Topic(shop.topic("Order"))
                        .span(20_000, Duration.ofSeconds(60))
                        .records())
                .isEqualTo(20_000);
    }

    private static void slowBrokers(String clientId) {
        ClientQuotaAlteration.Op slow = new ClientQuotaAlteration.Op("producer_byte_rate", 300_000.0);
        ClientQuotaEntity entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, clientId));
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", Servers.BROKER.bootstrapServers()))) {
            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(slow))))
                    .all()
                    .get();
        } catch (InterruptedException | ExecutionException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void what_can_not_be_sent_is_told_and_the_rest_is_sent() {
        shop.execute("ALTER TABLE outbox ALTER aggregateid DROP NOT NULL");
        shop.execute("""
                INSERT INTO outbox (id, aggregatetype, aggregateid, type, payload, occurred_at) VALUES
                ('00000000-0000-0000-0000-000000000001', 'Order', NULL, 'placed.v1', '1', '2026-01-01'),
                ('00000000-0000-0000-0000-000000000002', 'Order', 'a', 'placed.v1', to_json(repeat('x', 2000000)), '2026-01-02'),
                ('00000000-0000-0000-0000-000000000003', 'Order', 'a', 'placed.v1', '3', '2026-01-03')
                """);

        Clinic.Visit replayed = replay(shop.yaml(), "--all");

        assertThat(replayed.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(replayed.output())
                .contains("refused  row: Expected a value in the column 'aggregateid'")
                .contains("00000000-0000-0000-0000-000000000001")
                .contains("refused  00000000-0000-0000-0000-000000000002: ", "takes up to 200")
                .endsWith("Replayed 1 event: 1 to " + shop.topic("Order") + "; 2 refused.\n")
                .doesNotContain("xxxx");
        assertThat(new Topic(shop.topic("Order")).values(1)).containsExactly("3");
    }

    @Test
    void conditions_that_say_nothing_or_are_none_are_refused() {
        assertThat(replay(shop.yaml()).exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(replay(shop.yaml(), "--all", "--type", "x").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(replay(shop.yaml(), "--from", "yesterday").exitCode()).isEqualTo(ExitCode.USAGE);
        Clinic.Visit noId = replay(shop.yaml(), "--id", "7");
        assertThat(noId.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(noId.output()).contains("invalid input syntax for type uuid");
        shop.execute("CREATE ROLE " + shop.name + " LOGIN REPLICATION");
        String blind = shop.yaml().replace("username: postgres", "username: " + shop.name);
        assertThat(replay(blind, "--all").output()).contains("permission denied for table outbox");
    }

    private Clinic.Visit replay(String yaml, String... options) {
        List<String> arguments =
                new ArrayList<>(List.of("--config", Shop.write(yaml).toString(), "--stream", shop.name));
        arguments.addAll(List.of(options));
        return Clinic.run(new ReplayCommand(), arguments.toArray(String[]::new));
    }

    private static String[] with(String[] arguments, String... further) {
        List<String> all = new ArrayList<>(Arrays.asList(arguments));
        all.addAll(List.of(further));
        return all.toArray(String[]::new);
    }

    private List<ConsumerRecord<byte[], byte[]>> people(int atLeast) {
        return new Topic(shop.name + ".people").committed(atLeast, Duration.ofSeconds(40));
    }

    private static List<String> headers(ConsumerRecord<byte[], byte[]> record) {
        List<String> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(header.key() + "=" + Topic.text(header.value())));
        return headers;
    }
}
