package dev.outbox.relay.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** This project's relay, as it is shipped: by its start script, with its default settings. */
final class OutboxRelay {

    private static final String SETTINGS = "its start script, every setting at its default"
            + Optional.ofNullable(System.getenv("OUTBOX_RELAY_OPTS"))
                    .map(options -> ", OUTBOX_RELAY_OPTS=" + options)
                    .orElse("");

    private static final String KAFKA = """
            relay:
              kafka:
                bootstrap.servers: %s
              streams:
            """;
    private static final String STREAM = """
            \
                %s:
                  url: %s
                  username: postgres
                  password: postgres
                  slot: %s
                  topic: "%s"
                  delivery: %s
            """;

    private final Path script;

    /** @param directory {@code outbox-relay} of the checkout */
    OutboxRelay(Path directory) {
        this.script = directory.resolve("server/src/main/dist/outbox-relay");
    }

    Side atLeastOnce() {
        return side("Outbox relay, at least once", "at-least-once", Map.of(), SETTINGS);
    }

    Side exactlyOnce() {
        return side("Outbox relay, exactly once", "exactly-once", Map.of(), SETTINGS + ", delivery: exactly-once");
    }

    /** To see that this benchmark sees it. */
    Side slowed(Path jar) {
        return side(
                "Outbox relay, slowed",
                "at-least-once",
                Map.of("OUTBOX_RELAY_JAR", jar.toString()),
                SETTINGS + ", with " + SlowedJar.WHAT);
    }

    /** One process with a stream for each of some jobs, which differ in name, slot and topic alone. */
    Side streams(List<Job> jobs) {
        return new Side("Outbox relay", Side.Kind.RELAY, SETTINGS, any -> {
            Path config = any.directory().resolve("relay.yaml");
            StringBuilder yaml = new StringBuilder(KAFKA.formatted(any.bootstrapServers()));
            // One topic for all types: what many topics cost is Kafka's.
            jobs.forEach(job -> yaml.append(stream(job, job.topic(), "at-least-once")));
            Files.writeString(config, yaml);
            return Side.Command.of(List.of(script.toString(), "run", "--config", config.toString()));
        });
    }

    private Side side(String name, String delivery, Map<String, String> environment, String settings) {
        return new Side(name, Side.Kind.RELAY, settings, job -> {
            Path config = job.directory().resolve("relay.yaml");
            Files.writeString(config, yaml(job, delivery));
            return new Side.Command(List.of(script.toString(), "run", "--config", config.toString()), environment);
        });
    }

    private static String yaml(Job job, String delivery) {
        return KAFKA.formatted(job.bootstrapServers()) + stream(job, job.topicPrefix() + "{aggregateType}", delivery);
    }

    private static String stream(Job job, String topic, String delivery) {
        return STREAM.formatted(job.name(), job.url(), job.slot(), topic, delivery);
    }
}
