package dev.outbox.relay.server.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and checks a relay's configuration. */
public final class ConfigReader {

    private static final String STREAMS = "relay.streams.";
    private static final Pattern STREAM_NAME = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final Pattern SERVER = Pattern.compile("jdbc:postgresql://([^/?]*).*", Pattern.DOTALL);

    private final Settings settings;

    private ConfigReader(Settings settings) {
        this.settings = settings;
    }

    /**
     * Reads a file, over which the environment and then the system properties have their say.
     *
     * @param environment variables: {@code RELAY_STREAMS_SHOP_SLOT} is {@code relay.streams.shop.slot}
     * @param systemProperties under the file's full keys
     * @throws ConfigException that carries every mistake
     */
    public static ServerConfig read(Path file, Map<String, String> environment, Map<String, String> systemProperties) {
        return new ConfigReader(new Settings(YamlFile.read(file), environment, systemProperties)).read();
    }

    private ServerConfig read() {
        Duration shutdownTimeout = settings.atLeast("relay.shutdown-timeout", Duration.ofSeconds(1))
                .orElse(Duration.ofSeconds(8));
        RetryDelays retry = RetryDelays.read(settings, "relay.retry.", RetryDelays.DEFAULT);
        Optional<AdminConfig> admin = AdminConfig.read(settings);
        List<StreamConfig> streams = new ArrayList<>();
        Set<String> names = settings.children(STREAMS);
        if (names.isEmpty()) {
            settings.missing("relay.streams", "at least one stream with its url");
            // For the sake of the hints at misspelt keys.
            settings.text(STREAMS + "name.url");
            KafkaProperties.read(settings, "relay.kafka.", STREAMS + "name.kafka.");
        }
        for (String name : names) {
            if (!STREAM_NAME.matcher(name).matches()) {
                settings.expected(STREAMS + name, "a name of letters, digits, '-' and '_'", name);
            }
            new StreamReader(settings, name, retry).read().ifPresent(streams::add);
        }
        requireSlotsOfTheirOwn(streams);
        requireOfTheirOwn(streams, "position-topic", stream -> stream.delivery().positionTopic());
        requireOfTheirOwn(
                streams, "transactional-id", stream -> stream.delivery().transactionalId());
        List<String> mistakes = settings.mistakes();
        if (!mistakes.isEmpty()) {
            throw new ConfigException(mistakes);
        }
        return new ServerConfig(List.copyOf(streams), shutdownTimeout, admin, settings.warnings());
    }

    /** A slot belongs to the server, not to one database of it, and serves one reader. */
    private void requireSlotsOfTheirOwn(List<StreamConfig> streams) {
        Map<String, String> owners = new HashMap<>();
        for (StreamConfig stream : streams) {
            String slot = stream.relay().slot();
            String owner = owners.putIfAbsent(server(stream.relay().url()) + " " + slot, stream.name());
            if (owner != null) {
                settings.mistake(
                        STREAMS + stream.name() + ".slot",
                        "expected a slot of its own, found '" + slot + "', which the stream '" + owner
                                + "' reads on the same server");
            }
        }
    }

    private void requireOfTheirOwn(List<StreamConfig> streams, String key, Function<StreamConfig, String> value) {
        Map<String, String> owners = new HashMap<>();
        for (StreamConfig stream : streams) {
            String found = value.apply(stream);
            String owner = owners.putIfAbsent(stream.bootstrapServers() + " " + found, stream.name());
            if (owner != null) {
                settings.mistake(
                        STREAMS + stream.name() + "." + key,
                        "expected one of its own, found '" + found + "', which is that of the stream '" + owner + "'");
            }
        }
    }

    private static String server(String url) {
        Matcher matcher = SERVER.matcher(url);
        String host = matcher.matches() ? matcher.group(1).toLowerCase(Locale.ROOT) : "localhost";
        String named = host.isEmpty() ? "localhost" : host;
        return Optional.of(named).filter(name -> name.contains(":")).orElse(named + ":5432");
    }
}
