package dev.outbox.relay.server;

import dev.outbox.relay.server.config.ConfigException;
import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that every command has which reads a configuration. */
public final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "The YAML file that names the streams.")
    private @Nullable Path file;

    @Option(
            names = {"-v", "--debug"},
            description = "Log more, stack traces included.")
    private boolean debug;

    /** For picocli. */
    public ConfigOption() {}

    /** As it was given. */
    public Path file() {
        return Objects.requireNonNull(file, "picocli sets it");
    }

    /**
     * Sets up the log, then reads.
     *
     * @throws ConfigException that {@link Main} prints
     */
    public ServerConfig read() {
        Logging.configure(debug, System.getenv(Logging.VARIABLE));
        return ConfigReader.read(file(), System.getenv(), systemProperties());
    }

    /** The same for a command whose standard output is its answer: the log goes to standard error. */
    public ServerConfig readBesideLog() {
        Logging.toStandardError();
        return read();
    }

    private static Map<String, String> systemProperties() {
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return properties;
    }
}
