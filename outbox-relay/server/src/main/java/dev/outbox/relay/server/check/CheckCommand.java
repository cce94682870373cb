package dev.outbox.relay.server.check;

import dev.outbox.relay.server.CommandText;
import dev.outbox.relay.server.ConfigOption;
import dev.outbox.relay.server.ExitCode;
import dev.outbox.relay.server.Main;
import dev.outbox.relay.server.StreamsOption;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.setup.AdminOption;
import java.io.PrintWriter;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay check}: the doctor. */
@Command(
        name = "check",
        description = {
            "Looks at database and brokers as the streams need them, one line each: what was expected, what was found, and"
                    + " what mends it. Changes nothing, and can be run while a relay runs.",
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is well, or there are warnings alone",
            "1:something could not be looked at: a server can't be reached, or lets nobody in",
            "2:the command line or the configuration is wrong",
            "3:the JVM ran out of memory",
            "6:everything was looked at, and there are errors"
        })
public final class CheckCommand implements Callable<Integer> {

    private final InstantSource clock;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final StreamsOption streams = new StreamsOption();

    @Mixin
    private final AdminOption admin;

    @Option(names = "--json", description = "Print one JSON object instead of lines.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public CheckCommand() {
        this(InstantSource.system(), new AdminOption());
    }

    /** With another clock in place of this machine's, and somebody else to look at roles. */
    public CheckCommand(InstantSource clock, AdminOption admin) {
        this.clock = clock;
        this.admin = admin;
    }

    @Override
    public Integer call() {
        ServerConfig read = config.readBesideLog();
        List<StreamConfig> chosen = streams.of(read);
        Set<String> slots =
                read.streams().stream().map(stream -> stream.relay().slot()).collect(Collectors.toSet());
        CommandText commands = new CommandText(config.file());
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        Report report = json ? new JsonReport(out) : new TextReport(out);
        boolean unknown = false;
        boolean errors = false;
        for (StreamConfig stream : chosen) {
            Findings findings = new StreamCheck(
                            stream,
                            slots,
                            clock,
                            commands,
                            admin.named(stream.relay()).orElse(null))
                    .run();
            report.stream(stream.name(), findings);
            unknown |= findings.anyUnknown();
            errors |= findings.anyError();
        }
        report.end();
        out.flush();
        return unknown ? ExitCode.FAILED : errors ? ExitCode.ERRORS : ExitCode.OK;
    }
}
