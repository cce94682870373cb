package dev.outbox.samples.reader;

import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.OnShutdown;
import dev.outbox.samples.cli.Progress;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/** The reader as a command. */
@CommandLine.Command(
        name = "outbox-sample-reader",
        mixinStandardHelpOptions = true,
        version = "Outbox sample reader 0.1.0",
        sortOptions = false,
        showDefaultValues = true,
        description = "Reads person events from Kafka into a destination database, each event once.",
        footer = {
            "",
            "Ends on Ctrl-C, and before if --until-idle or --count says so.",
            "Every flag can be given as an environment variable instead: --url as READER_URL, and so on.",
            "Exit code: 0 done, 1 failed, 2 wrong flags."
        })
public final class Main implements Callable<Integer> {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    @Option(
            names = "--bootstrap-servers",
            defaultValue = "${env:READER_BOOTSTRAP_SERVERS:-localhost:9092}",
            description = "The Kafka brokers.")
    private String bootstrapServers = "";

    @Option(
            names = "--group",
            defaultValue = "${env:READER_GROUP:-persons}",
            description = "The consumer group, by which the inbox remembers events, too.")
    private String group = "";

    @Option(names = "--topic", defaultValue = "${env:READER_TOPIC:-Person.events}", description = "The topic.")
    private String topic = "";

    @Option(
            names = "--url",
            required = true,
            defaultValue = "${env:READER_URL}",
            showDefaultValue = Visibility.NEVER,
            description =
                    "JDBC URL of the destination database, for example jdbc:postgresql://localhost:5432/directory.")
    private String url = "";

    @Option(names = "--username", defaultValue = "${env:READER_USERNAME:-postgres}", description = "Its user.")
    private String username = "";

    @Option(
            names = "--password",
            defaultValue = "${env:READER_PASSWORD:-}",
            showDefaultValue = Visibility.NEVER,
            description = "The user's password; better given as READER_PASSWORD, which no process list shows.")
    private String password = "";

    @Option(
            names = "--until-idle",
            paramLabel = "DURATION",
            defaultValue = "${env:READER_UNTIL_IDLE}",
            showDefaultValue = Visibility.NEVER,
            description = "End when nothing has come for so long, for example 5s.")
    private @Nullable Duration untilIdle;

    @Option(
            names = "--count",
            defaultValue = "${env:READER_COUNT:-0}",
            description = "End when at least so many records were received; 0 for never.")
    private long count;

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(Command.run(new Main(), args));
    }

    @Override
    public Integer call() {
        ReaderSettings settings =
                new ReaderSettings(bootstrapServers, group, topic, url, username, password, untilIdle, count);
        try (Reader reader = Reader.open(settings, RecordListener.NONE)) {
            return OnShutdown.during(reader::stop, STOP_LIMIT, () -> read(reader));
        }
    }

    private int read(Reader reader) {
        ReaderSummary summary = Progress.during("reader", source(reader), reader::run);
        System.out.println("reader: received=%d applied=%d duplicates=%d ignored=%d orphans=%d"
                .formatted(
                        summary.received(),
                        summary.applied(),
                        summary.duplicates(),
                        summary.ignored(),
                        summary.orphans()));
        return 0;
    }

    private Progress.Source source(Reader reader) {
        return new Progress.Source() {
            @Override
            public long done() {
                return reader.progress().received();
            }

            @Override
            public long total() {
                return count > 0 ? count : -1;
            }

            @Override
            public String more() {
                return reader.progress().duplicates() + " duplicates";
            }
        };
    }
}
