package dev.outbox.relay.server.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;

/**
 * The producer's properties under Kafka's own names. Names that Kafka doesn't know are mistakes, values that it refuses
 * are, and so is every setting that the relay's guarantees would fall with.
 */
final class KafkaProperties {

    private static final String BOOTSTRAP_SERVERS = ProducerConfig.BOOTSTRAP_SERVERS_CONFIG;
    private static final Pattern FREE = Pattern.compile("(security|ssl|sasl)\\..+");

    /** A value that is out of the question, and why. */
    private record Rule(Predicate<String> allowed, String reason) {

        static Rule never(String reason) {
            return new Rule(value -> false, reason);
        }
    }

    private static final Map<String, Rule> RULES = Map.ofEntries(
            Map.entry(
                    ProducerConfig.ACKS_CONFIG,
                    new Rule(
                            value -> value.equals("all") || value.equals("-1"),
                            "expected all; with less, an acknowledged event is lost with one broker")),
            Map.entry(
                    ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                    new Rule(
                            value -> value.equalsIgnoreCase("true"),
                            "expected true; without it, retries reorder and repeat the events of an aggregate")),
            Map.entry(
                    ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION,
                    new Rule(
                            value -> value.equals("1"),
                            "expected 1; with more, a later event of an aggregate can pass one that the broker refuses")),
            Map.entry(
                    ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                    Rule.never("expected nothing; the relay writes the aggregate's id as it is")),
            Map.entry(
                    ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                    Rule.never("expected nothing; the relay writes the payload as it is")),
            Map.entry(
                    ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                    Rule.never("expected nothing; a stream's transactional-id is set beside its delivery")),
            Map.entry(
                    ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                    new Rule(
                            value -> value.matches("\\d{5,9}"),
                            "expected at least 10000 (10 s); a transaction that is waiting for a broker would be aborted"
                                    + " under way")),
            Map.entry(
                    ProducerConfig.TRANSACTION_TWO_PHASE_COMMIT_ENABLE_CONFIG,
                    new Rule(
                            value -> value.equalsIgnoreCase("false"),
                            "expected false; the transaction of a relay that died would stay open for ever")),
            Map.entry(
                    ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                    Rule.never("expected nothing; an event that expired could be overtaken by a later one of its"
                            + " aggregate")),
            Map.entry(
                    ProducerConfig.RETRIES_CONFIG,
                    Rule.never("expected nothing; an event that is given up could be overtaken by a later one of its"
                            + " aggregate")),
            Map.entry(
                    ProducerConfig.PARTITIONER_IGNORE_KEYS_CONFIG,
                    new Rule(
                            value -> value.equalsIgnoreCase("false"),
                            "expected false; otherwise the events of an aggregate go to several partitions and lose"
                                    + " their order")),
            Map.entry(
                    ProducerConfig.PARTITIONER_CLASS_CONFIG,
                    new Rule(
                            value -> !value.endsWith("RoundRobinPartitioner"),
                            "expected a partitioner that goes by the key; otherwise the events of an aggregate lose"
                                    + " their order")));

    private KafkaProperties() {}

    /** The shared properties and those of one stream, which override them. */
    static Map<String, String> read(Settings settings, String shared, String ofStream) {
        Map<String, String> merged = new TreeMap<>(readChecked(settings, shared));
        merged.putAll(readChecked(settings, ofStream));
        if (!merged.containsKey(BOOTSTRAP_SERVERS)) {
            settings.missing(shared + BOOTSTRAP_SERVERS, "host:port of one or more brokers, separated by commas");
        }
        return merged;
    }

    private static Map<String, String> readChecked(Settings settings, String prefix) {
        Map<String, String> values = settings.under(prefix, ProducerConfig.configNames());
        Map<String, ConfigValue> checked = new TreeMap<>();
        ProducerConfig.configDef().validate(values).forEach(value -> checked.put(value.name(), value));
        values.forEach((name, value) -> mistake(name, value, checked)
                .ifPresent(mistake -> settings.mistake(prefix + name, unknownWithPrefix(prefix, mistake))));
        return values;
    }

    private static String unknownWithPrefix(String prefix, String mistake) {
        return mistake.replace("did you mean ", "did you mean " + prefix);
    }

    private static Optional<String> mistake(String name, String value, Map<String, ConfigValue> checked) {
        Set<String> known = ProducerConfig.configNames();
        if (!known.contains(name)) {
            return FREE.matcher(name).matches()
                    ? Optional.empty()
                    : Optional.of(Settings.unknownKey("", name, known)
                            .replace("remove it", "Kafka's producer has no property of this name"));
        }
        Rule rule = RULES.get(name);
        if (rule != null && !rule.allowed().test(value.strip())) {
            return Optional.of(rule.reason() + "; found '" + value + "'");
        }
        ConfigValue result = checked.get(name);
        if (result == null || result.errorMessages().isEmpty()) {
            return Optional.empty();
        }
        ConfigDef.ConfigKey key = ProducerConfig.configDef().configKeys().get(name);
        boolean secret = key == null || key.type() == ConfigDef.Type.PASSWORD;
        String error = result.errorMessages().get(0);
        String reason = error.substring(error.indexOf(": ") + 1).strip();
        return Optional.of("expected a value that Kafka accepts, found " + (secret ? "another" : "'" + value + "'")
                + ": " + reason);
    }
}
