package dev.outbox.relay.faults;

import java.util.Map;
import java.util.TreeMap;

/** The relay's configuration in a case: short times, so that a fault is soon noticed. */
final class RelayYaml {

    private static final Map<String, String> KAFKA = Map.of(
            "request.timeout.ms", "3000",
            "max.block.ms", "15000",
            "transaction.timeout.ms", "10000",
            "metadata.max.age.ms", "2000",
            "retry.backoff.ms", "50",
            "retry.backoff.max.ms", "200",
            "reconnect.backoff.ms", "50",
            "reconnect.backoff.max.ms", "200");

    private RelayYaml() {}

    static String of(Target target) {
        Fault fault = target.of().fault();
        Map<String, String> kafka = new TreeMap<>(KAFKA);
        kafka.putAll(fault.kafka());
        StringBuilder yaml = new StringBuilder("relay:\n  shutdown-timeout: 8s\n")
                .append("  retry: { first-delay: 100ms, longest-delay: ")
                // A stream that has FAILED takes the slot with each look, which adopt needs in between.
                .append(fault.expected() == Fault.Expected.GAP ? "1s" : "300ms")
                .append(" }\n  kafka:\n")
                .append("    bootstrap.servers: localhost:")
                .append(target.brokerLink().port())
                .append('\n');
        kafka.forEach((property, value) ->
                yaml.append("    ").append(property).append(": ").append(value).append('\n'));
        yaml.append("""
                  streams:
                    %1$s:
                      url: jdbc:postgresql://localhost:%2$d/%1$s
                      username: postgres
                      password: postgres
                      slot: %1$s
                      topic: "%1$s.{aggregateType}"
                      delivery: %3$s
                """.formatted(
                        target.name(), target.postgresLink().port(), target.of().mode()));
        if (fault.streamLines().stream().noneMatch(line -> line.startsWith("wal-sender-timeout"))) {
            yaml.append("      wal-sender-timeout: 3s\n");
        }
        for (String line : fault.streamLines()) {
            if (line.startsWith("commit-interval") && !target.exactlyOnce()) {
                continue;
            }
            yaml.append("      ").append(line).append('\n');
            if (line.equals("on-record-error: dead-letter")) {
                yaml.append("      dead-letter-topic: ")
                        .append(Reader.deadLetterTopic(target.name()))
                        .append('\n');
            }
        }
        return yaml.toString();
    }
}
