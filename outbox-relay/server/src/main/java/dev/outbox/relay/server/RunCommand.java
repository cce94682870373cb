package dev.outbox.relay.server;

import dev.outbox.relay.server.config.ServerConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

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

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Override
    public Integer call() {
        // Not within the next line: the relay's class makes its logger before its arguments are known.
        ServerConfig read = config.read();
        return new Relay(read, new CommandText(config.file())).run();
    }
}
