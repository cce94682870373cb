package dev.outbox.relay.server.setup;

import dev.outbox.relay.SourceSetup;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.ConfigOption;
import dev.outbox.relay.server.ExitCode;
import dev.outbox.relay.server.Main;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.StreamsOption;
import dev.outbox.relay.server.UsageException;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.config.Units;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay setup}: what a stream needs, made where it is missing. */
@Command(
        name = "setup",
        description = {
            "Makes what the streams need: topics, the relay's role with the rights that it needs and no more, publication"
                    + " and slot. What is there is left as it is, so it can be run again.",
            "With --print-sql, prints the SQL for somebody who may, and connects to nothing."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything is there",
            "1:something could not be made; what was made before stays",
            "2:the command line or the configuration is wrong",
            "3:the JVM ran out of memory"
        })
public final class SetupCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final StreamsOption streams = new StreamsOption();

    @Mixin
    private final AdminOption admin;

    @Option(names = "--print-sql", description = "Print the SQL and make nothing.")
    private boolean printSql;

    @Option(
            names = "--with-table",
            description = "Make the outbox table as well, which is otherwise for the application's migrations.")
    private boolean withTable;

    @Option(
            names = "--failover",
            description = "Make the slot one that goes over to standbys (PostgreSQL 17 and newer).")
    private boolean failover;

    @Option(
            names = {"-t", "--aggregate-type"},
            paramLabel = "TYPE",
            description = "Make the topic of this aggregate type; can be given several times. Those of routes are made"
                    + " anyway.")
    private List<String> aggregateTypes = new ArrayList<>();

    @Option(
            names = "--max-message-bytes",
            paramLabel = "SIZE",
            description =
                    "max.message.bytes of the topics that are made, such as 2MiB; the brokers' default otherwise.")
    private @Nullable String maxMessageBytes;

    @Option(names = "--json", description = "Print one JSON object instead of lines.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public SetupCommand() {
        this(new AdminOption());
    }

    SetupCommand(AdminOption admin) {
        this.admin = admin;
    }

    @Override
    public Integer call() {
        Optional<Long> size = size();
        List<StreamConfig> chosen = streams.of(config.readBesideLog());
        chosen.forEach(SetupCommand::requireRole);
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        if (printSql) {
            chosen.forEach(stream -> out.println(setup(stream).sql()));
        } else {
            try (StepReport report = json ? StepReport.json(out) : StepReport.text(out)) {
                chosen.forEach(stream -> setUp(stream, size, report));
            }
        }
        out.flush();
        return ExitCode.OK;
    }

    private void setUp(StreamConfig stream, Optional<Long> size, StepReport report) {
        report.stream(stream.name());
        try (Cluster cluster = new Cluster(stream, new ProducerSettings(stream).admin())) {
            TopicSetup topics = new TopicSetup(stream, cluster, size);
            // Before anything is made: the brokers tell whether a missing slot is a gap.
            var stored = topics.position();
            setup(stream).run(admin.of(stream.relay()), stored, step -> report.step(step.made(), step.what()));
            topics.run(aggregateTypes, report::step);
        }
    }

    private SourceSetup setup(StreamConfig stream) {
        return new SourceSetup(stream.relay(), withTable, failover);
    }

    private static void requireRole(StreamConfig stream) {
        if (stream.relay().username() == null && !stream.relay().url().contains("user=")) {
            throw new UsageException("relay.streams." + stream.name()
                    + ".username: expected the relay's role, which setup makes, found nothing.");
        }
    }

    private Optional<Long> size() {
        return Optional.ofNullable(maxMessageBytes)
                .map(text -> Units.bytes(text)
                        .filter(bytes -> bytes > 0 && bytes <= Integer.MAX_VALUE)
                        .orElseThrow(() -> new UsageException(
                                "--max-message-bytes: expected " + Units.A_SIZE + ", found '" + text + "'.")));
    }
}
