package dev.outbox.relay.server.replay;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.RelayRecord;
import dev.outbox.relay.StoredEvents;
import dev.outbox.relay.server.ExitCode;
import dev.outbox.relay.server.Main;
import dev.outbox.relay.server.UsageException;
import dev.outbox.relay.server.config.StreamConfig;
import java.io.PrintWriter;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code outbox-relay dead-letters replay}. */
@Command(
        name = "replay",
        description = {
            "Sends dead letters to the topic that they were to go to, as the events they were and marked by the header "
                    + ReplayProducer.HEADER + ". One that has not the whole event in it is read again from the outbox"
                    + " table. Two letters of one event are one.",
            "The dead letters stay in their topic: what was replayed is replayed again if it is chosen again."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every one that was chosen is acknowledged",
            "1:some were refused, or sending ended early; what is said to be replayed is acknowledged",
            "2:the command line or the configuration is wrong, or has no such stream",
            "3:the JVM ran out of memory"
        })
final class ReplayLettersCommand implements Callable<Integer> {

    @Mixin
    private final LetterOptions letters = new LetterOptions();

    @Option(names = "--all", description = "Every one of the stream.")
    private boolean all;

    @Option(
            names = "--now",
            description = "Give them the time of day as timestamp, where their own is what was refused.")
    private boolean now;

    @Option(names = "--dry-run", description = "Count them by topic and send nothing.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print one JSON object instead of a sentence.")
    private boolean json;

    @Spec
    private @Nullable CommandSpec spec;

    /** For picocli. */
    ReplayLettersCommand() {}

    @Override
    public Integer call() {
        if (letters.isEmpty() != all) {
            throw new UsageException("Expected conditions for the dead letters to replay (--id, --offset, --reason), or"
                    + " --all; found " + (all ? "both." : "neither."));
        }
        StreamConfig stream = letters.stream();
        PrintWriter out =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getOut();
        Tally tally = new Tally();
        try {
            if (dryRun) {
                replay(stream, tally, (record, what) -> tally.sent(record.topic()));
            } else {
                try (ReplayProducer producer = new ReplayProducer(stream, tally);
                        ReplayProgress progress = ReplayProgress.of(tally)) {
                    Objects.requireNonNull(progress);
                    replay(stream, tally, producer::send);
                    producer.flush();
                }
            }
        } finally {
            Outcome.print(tally, dryRun, json, out);
        }
        return tally.refused() == 0 ? ExitCode.OK : ExitCode.FAILED;
    }

    private void replay(StreamConfig stream, Tally tally, BiConsumer<RelayRecord, String> sink) {
        StoredEvents table = new StoredEvents(stream.relay());
        Set<String> seen = new HashSet<>();
        new LetterReader(stream).read(letter -> {
            if (letters.matches(letter) && seen.add(letter.position())) {
                String what = letter.place() + " " + letter.eventId();
                event(letter, table, tally, what).ifPresent(event -> sink.accept(event, what));
            }
        });
    }

    private Optional<RelayRecord> event(Letter letter, StoredEvents table, Tally tally, String what) {
        try {
            RelayRecord event = letter.isReference() ? stored(letter, table) : letter.event();
            long timestamp = now ? System.currentTimeMillis() : letter.timestamp();
            return Optional.of(new RelayRecord(event.topic(), event.key(), event.value(), event.headers(), timestamp));
        } catch (RelayException e) {
            tally.refused(what, e);
            return Optional.empty();
        }
    }

    private static RelayRecord stored(Letter letter, StoredEvents table) {
        if (letter.eventId().isEmpty()) {
            throw new RelayException("The dead letter does not hold the event, and no id to find it by.", false, null);
        }
        return table.find(letter.eventId())
                .orElseThrow(() -> new RelayException(
                        "The dead letter does not hold the event, and it is not in the outbox table any more.",
                        false,
                        null));
    }
}
