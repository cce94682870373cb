package dev.outbox.relay.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Streams that have nothing to do. */
@Tag("long")
class IdleStreamsTest {

    private static final int STREAMS = 100;
    private static final Duration MEASURED = Duration.ofSeconds(30);
    private static final double MOST_OF_A_CORE = 0.10;
    private static final Map<String, String> ROOM = Map.of(
            "max_replication_slots", "150",
            "max_wal_senders", "150",
            "max_connections", "500");

    @Test
    void a_hundred_idle_streams_in_one_process_cost_a_tenth_of_a_core() throws Exception {
        Path directory = Files.createDirectories(Settings.output().resolve("idle-streams"));
        try (PostgresServer postgres = PostgresServer.start(ROOM);
                KafkaBroker broker = KafkaBroker.start()) {
            postgres.createDatabase("idle");
            postgres.execute("idle", Writer.outboxDdl());
            postgres.execute("idle", "CREATE PUBLICATION outbox FOR TABLE outbox WITH (publish = 'insert')");
            Path config = Files.writeString(directory.resolve("relay.yaml"), yaml(postgres, broker));
            RelayProcess relay =
                    RelayProcess.start(new RelayJvm(directory).options("1g"), config, directory.resolve("relay.log"));
            try {
                Threads.await(
                        () -> "all streams to run; " + relay.lastWords(),
                        Settings.PATIENCE.multipliedBy(5),
                        () -> relay.log()
                                        .lines()
                                        .filter(line -> line.contains("Relaying "))
                                        .count()
                                == STREAMS);
                // What the start has left to do is done by then.
                Threads.last(Duration.ofSeconds(10));
                long before = relay.cpu().toNanos();
                long since = System.nanoTime();
                Threads.last(MEASURED);
                double ofACore = (double) (relay.cpu().toNanos() - before) / (System.nanoTime() - since);
                System.out.printf("faults: %d idle streams cost %.1f %% of a core%n", STREAMS, 100 * ofACore);
                assertThat(ofACore).isLessThanOrEqualTo(MOST_OF_A_CORE);
            } finally {
                relay.kill();
            }
        }
    }

    private static String yaml(PostgresServer postgres, KafkaBroker broker) {
        StringBuilder yaml = new StringBuilder("relay:\n  kafka: { bootstrap.servers: \"")
                .append(broker.bootstrapServers())
                .append("\" }\n  streams:\n");
        for (int i = 0; i < STREAMS; i++) {
            yaml.append("    idle_%d: { url: \"%s\", username: postgres, password: postgres, slot: idle_%d }%n"
                    .formatted(i, postgres.url("idle"), i));
        }
        return yaml.toString();
    }
}
