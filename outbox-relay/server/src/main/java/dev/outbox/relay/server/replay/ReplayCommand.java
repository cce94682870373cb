package dev.outbox.relay.server.replay;

import dev.outbox.OutboxHeaders;
import dev.outbox.relay.EventSelection;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayHeader;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.StoredEvents;
import dev.outbox.relay.server.ConfigOption;
import dev.outbox.relay.server.ExitCode;
import dev.outbox.relay.server.Main;
import dev.outbox.relay.server.StreamsOption;
import dev.outbox.relay.server.UsageException;
import dev.outbox.relay.server.config.StreamConfig;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay replay}: sends events of the table once more. */
@Command(
        name = "replay",
        description = {
            "Sends events of a stream's outbox table once more, to the same topics with the same keys and headers, and"
                    + " marked by the header " + ReplayProducer.HEADER + ". Several conditions must all be met.",
            "Can be run beside a relay: slot and position stay as they are. Needs SELECT on the table."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every event that was chosen is acknowledged",
            "1:some were refused, or sending ended early; what is said to be replayed is acknowledged",
            "2:the command line or the configuration is wrong, or has no such stream",
            "3:the JVM ran out of memory"
        })
public final class ReplayCommand implements Callable<Integer> {

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = {"-s", "--stream"},
            required = true,
            paramLabel = "NAME",
            description = "The stream's name in the configuration.")
    private @Nullable String stream;

    @Option(names = "--id", paramLabel = "ID", description = "An event's id; can be given several times.")
    private Set<String> ids = new LinkedHashSet<>();

    @Option(names = "--aggregate-type", paramLabel = "TYPE", description = "Events of this kind of aggregate.")
    private @Nullable String aggregateType;

    @Option(names = "--aggregate-id", paramLabel = "ID", description = "Events of this aggregate.")
    private @Nullable String aggregateId;

    @Option(names = "--type", paramLabel = "TYPE", description = "Events of this type.")
    private @Nullable String type;

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Events that occurred then or later, such as 2026-03-01T12:00:00Z.")
    private @Nullable Instant from;

    @Option(names = "--until", paramLabel = "TIME", description = "Events that occurred before then.")
    private @Nullable Instant until;

    @Option(names = "--all", description = "Every event of the table.")
    private boolean all;

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Send them there, and not to their own topics.")
    private @Nullable String topic;

    @Option(names = "--dry-run", description = "Count them by topic and send nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print one JSON object instead of a sentence.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    public ReplayCommand() {}

    @Override
    public Integer call() {
        EventSelection selection = new EventSelection(ids, aggregateType, aggregateId, type, from, until);
        if (selection.equals(EventSelection.ALL) != all) {
            throw new UsageException(
                    "Expected conditions for the events to replay (--id, --aggregate-type, --aggregate-id,"
                            + " --type, --from, --until), or --all; found " + (all ? "both." : "neither."));
        }
        StreamConfig chosen =
                StreamsOption.named(config.readBesideLog(), Objects.requireNonNull(stream, "picocli sets it"));
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        Tally tally = new Tally();
        try {
            replay(chosen, selection, tally);
        } finally {
            Outcome.print(tally, dryRun, json, out);
        }
        return tally.refused() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private void replay(StreamConfig chosen, EventSelection selection, Tally tally) {
        StoredEvents events = new StoredEvents(chosen.relay());
        if (dryRun) {
            events.read(selection, new Each(tally, record -> tally.sent(record.topic())));
            return;
        }
        try (ReplayProducer producer = new ReplayProducer(chosen, tally);
                ReplayProgress progress = ReplayProgress.of(tally)) {
            Objects.requireNonNull(progress);
            events.read(selection, new Each(tally, record -> producer.send(record, id(record))));
            producer.flush();
        }
    }

    private final class Each implements StoredEvents.Visitor {

        private final Tally tally;
        private final Consumer<RelayRecord> sink;

        Each(Tally tally, Consumer<RelayRecord> sink) {
            this.tally = tally;
            this.sink = sink;
        }

        @Override
        public void total(long count) {
            tally.total(count);
        }

        @Override
        public void event(RelayRecord record) {
            sink.accept(
                    topic == null
                            ? record
                            : new RelayRecord(
                                    topic, record.key(), record.value(), record.headers(), record.timestamp()));
        }

        @Override
        public void refused(RelayException why) {
            tally.refused("row", why);
        }
    }

    /** The event's id. */
    static String id(RelayRecord record) {
        return record.headers().stream()
                .filter(header -> header.name().equals(OutboxHeaders.ID))
                .findFirst()
                .map(RelayHeader::value)
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .orElse("(without id)");
    }
}
