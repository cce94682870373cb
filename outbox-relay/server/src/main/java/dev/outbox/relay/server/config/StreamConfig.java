package dev.outbox.relay.server.config;

import dev.outbox.relay.RelayConfig;
import java.util.Map;
import java.util.Optional;

/**
 * One stream: an outbox table, its slot, and the cluster that its events go to. Immutable.
 *
 * @param name the stream's name, for logs
 * @param relay the engine's part
 * @param kafka the producer properties that were configured, by Kafka's names; secrets among them
 * @param createTopics whether a missing topic is made
 * @param partitions of topics that are made; empty for the broker's default
 * @param replicationFactor of topics that are made; empty for the broker's default
 * @param failure what happens when something fails
 * @param delivery how often events arrive, and where the position is kept
 */
public record StreamConfig(
        String name,
        RelayConfig relay,
        Map<String, String> kafka,
        boolean createTopics,
        Optional<Integer> partitions,
        Optional<Short> replicationFactor,
        FailureConfig failure,
        DeliveryConfig delivery) {

    /** The brokers to begin with, as configured. */
    public String bootstrapServers() {
        return kafka.getOrDefault("bootstrap.servers", "");
    }

    /** Leaves the Kafka properties out, for there are passwords among them. */
    @Override
    public String toString() {
        return "StreamConfig[name=%s, relay=%s, bootstrapServers=%s]".formatted(name, relay, bootstrapServers());
    }
}
