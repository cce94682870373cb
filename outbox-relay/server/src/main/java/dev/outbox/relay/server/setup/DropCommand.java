package dev.outbox.relay.server.setup;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.SlotHeldException;
import dev.outbox.relay.SourceTeardown;
import dev.outbox.relay.server.Cluster;
import dev.outbox.relay.server.ConfigOption;
import dev.outbox.relay.server.ExitCode;
import dev.outbox.relay.server.KafkaErrors;
import dev.outbox.relay.server.Main;
import dev.outbox.relay.server.ProducerSettings;
import dev.outbox.relay.server.Sentences;
import dev.outbox.relay.server.StreamsOption;
import dev.outbox.relay.server.Terminal;
import dev.outbox.relay.server.UsageException;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.relay.server.config.StreamConfig;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay drop}: takes away what a stream had, when somebody says so. */
@Command(
        name = "drop",
        description = {
            "Drops what it is told to of one stream, after asking: the slot, and with it what was not relayed, the"
                    + " publication, the stored position. The table, the role and the topics of events stay.",
            "Refuses while a relay streams from the slot."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:it is gone",
            "1:a relay runs on the slot, nobody said yes, or something could not be dropped",
            "2:the command line or the configuration is wrong, or has no such stream",
            "3:the JVM ran out of memory"
        })
public final class DropCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Mixin
    private final AdminOption admin;

    @Option(
            names = {"-s", "--stream"},
            required = true,
            paramLabel = "NAME",
            description = "The stream's name in the configuration.")
    private @Nullable String stream;

    @Option(names = "--slot", description = "Drop the slot. What it still keeps is never relayed.")
    private boolean slot;

    @Option(names = "--publication", description = "Drop the publication. Its owner may, see --admin-user.")
    private boolean publication;

    @Option(names = "--position", description = "Delete the position topic.")
    private boolean position;

    @Option(
            names = {"-y", "--yes"},
            description = "Don't ask. Needed where no terminal is.")
    private boolean yes;

    @Option(names = "--json", description = "Print one JSON object instead of lines. Needs --yes.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public DropCommand() {
        this(Terminal.SYSTEM, new AdminOption());
    }

    DropCommand(Terminal terminal, AdminOption admin) {
        this.terminal = terminal;
        this.admin = admin;
    }

    @Override
    public Integer call() {
        if (!slot && !publication && !position) {
            throw new UsageException("Expected at least one of --slot, --publication and --position, found none.");
        }
        if (json && !yes) {
            throw new UsageException("--json: expected --yes beside it, for a script can't be asked.");
        }
        ServerConfig read = config.readBesideLog();
        StreamConfig chosen = StreamsOption.named(read, Objects.requireNonNull(stream, "picocli sets it"));
        SourceTeardown source = new SourceTeardown(chosen.relay());
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        // Also where the slot stays: nothing is taken from under a relay.
        Optional<String> keeps = idleSlot(source);
        if (!yes && !confirmed(what(read, chosen, keeps), out)) {
            return ExitCode.FAILED;
        }
        try (DropReport report = new DropReport(out, json)) {
            drop(chosen, source, report);
        }
        return ExitCode.OK;
    }

    private static Optional<String> idleSlot(SourceTeardown source) {
        try {
            return source.idleSlot();
        } catch (SlotHeldException e) {
            throw new RelayException(
                    Sentences.of(e) + " Stop the relay that runs on it, and run this again. Nothing is changed.",
                    true,
                    e);
        }
    }

    private List<String> what(ServerConfig read, StreamConfig chosen, Optional<String> keeps) {
        List<String> lines = new ArrayList<>();
        if (slot) {
            lines.add("slot: " + keeps.orElse("'" + chosen.relay().slot() + "', which is not there"));
        }
        if (publication) {
            String others = read.streams().stream()
                    .filter(other -> !other.name().equals(chosen.name())
                            && other.relay().publication().equals(chosen.relay().publication())
                            && other.relay().url().equals(chosen.relay().url()))
                    .map(StreamConfig::name)
                    .collect(Collectors.joining(", "));
            lines.add("publication: '" + chosen.relay().publication() + "'"
                    + (others.isEmpty() ? "" : ", which " + others + " uses as well"));
        }
        if (position) {
            lines.add("position topic: " + chosen.delivery().positionTopic());
        }
        return lines;
    }

    private boolean confirmed(List<String> lines, PrintWriter out) {
        out.println("To be dropped of the stream " + stream + ":");
        lines.forEach(line -> out.println("  " + line));
        out.flush();
        Optional<String> answer = terminal.answer("Drop it? [y/N] ");
        if (answer.isEmpty()) {
            out.println("Expected a terminal to ask on, found none. Nothing is changed. Run this on a terminal, or with"
                    + " --yes.");
            return false;
        }
        boolean yesSaid = answer.get().equalsIgnoreCase("y") || answer.get().equalsIgnoreCase("yes");
        if (!yesSaid) {
            out.println("Nothing is changed.");
        }
        return yesSaid;
    }

    private void drop(StreamConfig chosen, SourceTeardown source, DropReport report) {
        if (slot) {
            report.step(source.dropSlot(), "slot " + chosen.relay().slot());
        }
        if (publication) {
            report.step(
                    source.dropPublication(admin.of(chosen.relay())),
                    "publication " + chosen.relay().publication());
        }
        if (position) {
            report.step(deletePosition(chosen), "topic " + chosen.delivery().positionTopic());
        }
    }

    private static boolean deletePosition(StreamConfig chosen) {
        String topic = chosen.delivery().positionTopic();
        try (Cluster cluster = new Cluster(chosen, new ProducerSettings(chosen).admin())) {
            var unused =
                    cluster.ask(client -> client.deleteTopics(List.of(topic)).all());
            return true;
        } catch (UnknownTopicOrPartitionException e) {
            return false;
        } catch (KafkaException e) {
            throw KafkaErrors.topic(topic, "delete", chosen.bootstrapServers(), e);
        }
    }
}
