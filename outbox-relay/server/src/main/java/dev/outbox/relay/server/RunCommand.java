package dev.outbox.relay.server;

import dev.outbox.relay.server.config.ConfigException;
import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.ServerConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay run}: relays until it is told to stop. */
@Command(
        name = "run",
        description = "Relays until it receives SIGTERM, SIGINT or SIGHUP.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:stopped on request; all that was sent is acknowledged and stored as such",
            "1:a stream could not start: database or broker unreachable, or not set up for it; or it had failed",
            "2:the command line or the configuration is wrong",
            "3:the JVM ran out of memory",
            "4:stopped on request before all was acknowledged and stored; the rest is sent again at the next start"
        },
        footerHeading = "%nConfiguration:%n",
        footer = {
            "  Environment variables override the file: RELAY_STREAMS_SHOP_SLOT",
            "  is relay.streams.shop.slot. System properties override both."
        })
final class RunCommand implements Callable<Integer> {

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

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        if (file == null || spec == null) {
            throw new IllegalStateException("picocli sets both before it calls");
        }
        Logging.configure(debug);
        ServerConfig config;
        try {
            config = ConfigReader.read(file, System.getenv(), systemProperties());
        } catch (ConfigException e) {
            PrintWriter err = spec.commandLine().getErr();
            e.mistakes().forEach(err::println);
            err.flush();
            return ExitCode.USAGE;
        }
        return new Relay(config).run();
    }

    private static Map<String, String> systemProperties() {
        Map<String, String> properties = new HashMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return properties;
    }
}
