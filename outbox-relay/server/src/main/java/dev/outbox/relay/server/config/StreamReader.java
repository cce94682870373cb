package dev.outbox.relay.server.config;

import dev.outbox.OutboxException;
import dev.outbox.OutboxTable;
import dev.outbox.OutboxTable.Column;
import dev.outbox.relay.NullPayload;
import dev.outbox.relay.RecordTimestamp;
import dev.outbox.relay.RelayConfig;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one stream's settings. */
final class StreamReader {

    /** Stands in for a missing or bad URL, so that the other settings are checked all the same. */
    private static final String ANY_URL = "jdbc:postgresql:";

    private final Settings settings;
    private final String name;
    private final String prefix;
    private final RetryDelays retry;

    /** @param retry the delays of streams that have none of their own */
    StreamReader(Settings settings, String name, RetryDelays retry) {
        this.settings = settings;
        this.retry = retry;
        this.name = name;
        this.prefix = "relay.streams." + name + ".";
    }

    /** The stream, or empty if it can't be made; the mistakes are noted either way. */
    Optional<StreamConfig> read() {
        Optional<String> url = settings.text(prefix + "url");
        if (url.isEmpty()) {
            settings.missing(prefix + "url", "jdbc:postgresql://host:port/database");
        }
        RelayConfig.Builder relay = RelayConfig.builder(url.orElse(ANY_URL));
        settings.text(prefix + "username").ifPresent(relay::username);
        settings.text(prefix + "password").ifPresent(relay::password);
        settings.under(prefix + "connection.", Set.of()).forEach(relay::connectionProperty);
        settings.text(prefix + "slot").ifPresent(relay::slot);
        settings.text(prefix + "publication").ifPresent(relay::publication);
        table().ifPresent(relay::table);
        settings.text(prefix + "topic").ifPresent(relay::topic);
        Map<String, String> routes = settings.under(prefix + "routes.", Set.of());
        relay.routes(routes);
        settings.choice(prefix + "null-payload", NullPayload.class).ifPresent(relay::nullPayload);
        settings.choice(prefix + "timestamp", RecordTimestamp.class).ifPresent(relay::timestamp);
        settings.value(prefix + "max-bytes-in-flight", Units.A_SIZE, Units::bytes)
                .ifPresent(relay::maxBytesInFlight);
        settings.value(prefix + "wal-sender-timeout", Units.A_DURATION, Units::duration)
                .ifPresent(relay::walSenderTimeout);
        Map<String, String> kafka = KafkaProperties.read(settings, "relay.kafka.", prefix + "kafka.");
        boolean createTopics = settings.value(prefix + "create-topics", "true or false", StreamReader::bool)
                .orElse(true);
        Optional<Integer> partitions = number(prefix + "partitions", Integer.MAX_VALUE);
        Optional<Short> replicationFactor =
                number(prefix + "replication-factor", Short.MAX_VALUE).map(Integer::shortValue);
        FailureConfig failure = FailureConfig.read(settings, name, prefix, routes.values(), retry);
        DeliveryConfig delivery = DeliveryConfig.read(settings, name, prefix);
        for (String mistake : relay.mistakes()) {
            String[] keyAndWords = mistake.split(": ", 2);
            settings.mistake(prefix + keyAndWords[0], keyAndWords[1]);
        }
        return relay.mistakes().isEmpty()
                ? Optional.of(new StreamConfig(
                        name,
                        relay.build(),
                        Map.copyOf(kafka),
                        createTopics,
                        partitions,
                        replicationFactor,
                        failure,
                        delivery))
                : Optional.empty();
    }

    private Optional<OutboxTable> table() {
        String key = prefix + "table";
        OutboxTable table = settings.value(key, "table or schema.table", StreamReader::named)
                .orElse(OutboxTable.DEFAULT);
        for (Column column : Column.values()) {
            String columnKey = prefix + "columns." + Settings.kebab(column);
            OutboxTable before = table;
            table = settings.value(
                            columnKey,
                            "a column name of 1 to 63 characters as PostgreSQL stores it, not quoted",
                            columnName -> named(before, column, columnName))
                    .orElse(table);
        }
        return Optional.of(table);
    }

    private static Optional<OutboxTable> named(String text) {
        String[] parts = text.split("\\.", -1);
        try {
            return switch (parts.length) {
                case 1 -> Optional.of(OutboxTable.named("public", parts[0]));
                case 2 -> Optional.of(OutboxTable.named(parts[0], parts[1]));
                default -> Optional.empty();
            };
        } catch (OutboxException e) {
            return Optional.empty();
        }
    }

    private static Optional<OutboxTable> named(OutboxTable table, Column column, String columnName) {
        try {
            return Optional.of(table.withColumn(column, columnName));
        } catch (OutboxException e) {
            return Optional.empty();
        }
    }

    private Optional<Integer> number(String key, int most) {
        return settings.value(key, "a number from 1 to " + most, text -> {
            try {
                return Optional.of(Integer.valueOf(text)).filter(number -> number >= 1 && number <= most);
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }

    private static Optional<Boolean> bool(String text) {
        return switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
