package dev.outbox.samples.demo;

import dev.outbox.OutboxTable;
import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.OnShutdown;
import dev.outbox.samples.cli.SampleException;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The servers alone, as a command: for those who want to start writer, relay and reader by hand. */
@CommandLine.Command(
        name = "servers",
        mixinStandardHelpOptions = true,
        version = "Outbox demo servers 0.1.0",
        showDefaultValues = true,
        description =
                "Starts an empty PostgreSQL 18 with the databases shop (with the outbox table) and directory, and a"
                        + " Kafka broker, until Ctrl-C; leaves nothing behind.",
        footer = {"", "Exit code: 1 failed, 2 wrong flags, otherwise that of the signal."})
public final class ServersMain implements Callable<Integer> {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(20);

    @Option(names = "--postgres-port", defaultValue = "5432", description = "Where PostgreSQL listens.")
    private int postgresPort;

    @Option(names = "--kafka-port", defaultValue = "9092", description = "Where Kafka listens.")
    private int kafkaPort;

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(Command.run(new ServersMain(), args));
    }

    @Override
    public Integer call() {
        Stop stop = new Stop();
        return OnShutdown.during(stop::request, STOP_LIMIT, () -> serve(stop));
    }

    private int serve(Stop stop) {
        try (PostgresServer postgres = started("--postgres-port", () -> PostgresServer.start(postgresPort, Map.of()));
                KafkaBroker broker = started("--kafka-port", () -> KafkaBroker.start(kafkaPort, Map.of()))) {
            postgres.createDatabase("shop");
            postgres.execute("shop", OutboxTable.ddl());
            postgres.createDatabase("directory");
            System.out.printf(
                    "servers: ready. PostgreSQL: %s and %s, user %s. Kafka: %s. Ctrl-C ends them.%n",
                    postgres.url("shop"), postgres.url("directory"), postgres.user(), broker.bootstrapServers());
            stop.await();
            return 0;
        }
    }

    private static <T> T started(String option, Supplier<T> start) {
        try {
            return start.get();
        } catch (IllegalStateException e) {
            throw new SampleException(option + ": " + e.getMessage(), e);
        }
    }
}
