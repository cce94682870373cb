package dev.outbox.relay.server;

import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.relay.server.config.StreamConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Which streams of a configuration a command is for. */
public final class StreamsOption {

    @Option(
            names = {"-s", "--stream"},
            paramLabel = "NAME",
            description = "A stream's name in the configuration; can be given several times. All streams otherwise.")
    private List<String> names = new ArrayList<>();

    /** For picocli. */
    public StreamsOption() {}

    /**
     * Those that were named, or all.
     *
     * @throws UsageException if the configuration has none of a name
     */
    public List<StreamConfig> of(ServerConfig config) {
        return names.isEmpty()
                ? config.streams()
                : names.stream().map(name -> named(config, name)).toList();
    }

    /**
     * The stream of a name.
     *
     * @throws UsageException if the configuration has none
     */
    public static StreamConfig named(ServerConfig config, String name) {
        return config.streams().stream()
                .filter(stream -> stream.name().equals(name))
                .findAny()
                .orElseThrow(() -> new UsageException("--stream: expected one of "
                        + config.streams().stream().map(StreamConfig::name).collect(Collectors.joining(", "))
                        + ", found '" + name + "'."));
    }
}
