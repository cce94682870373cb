package dev.outbox.samples.writer;

import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.OnShutdown;
import dev.outbox.samples.cli.Progress;
import dev.outbox.samples.cli.SampleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The writer as a command. */
@CommandLine.Command(
        name = "outbox-sample-writer",
        mixinStandardHelpOptions = true,
        version = "Outbox sample writer 0.1.0",
        sortOptions = false,
        showDefaultValues = true,
        description = "Writes persons and their events into a source database, and keeps account of what it committed.",
        footer = {
            "",
            "Every flag can be given as an environment variable instead: --url as WRITER_URL, and so on.",
            "Exit code: 0 done, 1 failed, 2 wrong flags."
        })
public final class Main implements Callable<Integer> {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    @Option(
            names = "--url",
            required = true,
            defaultValue = "${env:WRITER_URL}",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "JDBC URL of the source database, for example jdbc:postgresql://localhost:5432/shop.")
    private String url = "";

    @Option(names = "--username", defaultValue = "${env:WRITER_USERNAME:-postgres}", description = "Its user.")
    private String username = "";

    @Option(
            names = "--password",
            defaultValue = "${env:WRITER_PASSWORD:-}",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "The user's password; better given as WRITER_PASSWORD, which no process list shows.")
    private String password = "";

    @Option(names = "--threads", defaultValue = "${env:WRITER_THREADS:-4}", description = "Transactions at once.")
    private int threads;

    @Option(
            names = "--transactions",
            defaultValue = "${env:WRITER_TRANSACTIONS:-10000}",
            description = "Transactions in all, those rolled back included.")
    private long transactions;

    @Option(
            names = "--rate",
            defaultValue = "${env:WRITER_RATE:-0}",
            description = "Transactions a second, all threads together; 0 for as many as it can.")
    private double rate;

    @Option(
            names = "--rollback-percent",
            defaultValue = "${env:WRITER_ROLLBACK_PERCENT:-5}",
            description = "How many of a hundred transactions to undo on purpose.")
    private int rollbackPercent;

    @Option(
            names = "--seed",
            defaultValue = "${env:WRITER_SEED}",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description =
                    "Makes each thread choose the same kinds of transactions again; a random one is printed if missing.")
    private @Nullable Long seed;

    @Option(
            names = "--rolled-back",
            paramLabel = "FILE",
            defaultValue = "${env:WRITER_ROLLED_BACK}",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            description = "Where to write the ids of events that were rolled back, one a line.")
    private @Nullable Path rolledBackFile;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(Command.run(new Main(), args));
    }

    @Override
    public Integer call() {
        WriterSettings settings = settings();
        System.out.println("writer: seed " + settings.seed());
        try (Writer writer = Writer.open(settings)) {
            return OnShutdown.during(writer::stop, STOP_LIMIT, () -> write(writer));
        }
    }

    private int write(Writer writer) {
        WriterResult result = Progress.during("writer", source(writer), writer::run);
        saveRolledBack(result);
        System.out.println(summary(result));
        return 0;
    }

    private WriterSettings settings() {
        require(threads >= 1, "--threads must be 1 or more");
        require(transactions >= 0, "--transactions must be 0 or more");
        require(rate >= 0, "--rate must be 0 or more");
        require(rollbackPercent >= 0 && rollbackPercent <= 100, "--rollback-percent must be 0 to 100");
        return new WriterSettings(
                url,
                username,
                password,
                threads,
                transactions,
                rate,
                rollbackPercent,
                seed == null ? new Random().nextInt(1_000_000) : seed);
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
        }
    }

    private Progress.Source source(Writer writer) {
        return new Progress.Source() {
            @Override
            public long done() {
                return writer.transactionsDone();
            }

            @Override
            public long total() {
                return transactions;
            }

            @Override
            public String more() {
                WriterResult result = writer.progress();
                return result.committedEvents() + " events committed, "
                        + result.rolledBackEvents().size() + " rolled back";
            }
        };
    }

    private void saveRolledBack(WriterResult result) {
        if (rolledBackFile == null) {
            return;
        }
        try {
            Files.write(
                    rolledBackFile,
                    result.rolledBackEvents().stream().map(UUID::toString).toList());
        } catch (IOException e) {
            throw new SampleException(
                    "The file %s can't be written (%s); give another --rolled-back."
                            .formatted(rolledBackFile, e.getMessage()),
                    e);
        }
    }

    private static String summary(WriterResult result) {
        double seconds = Math.max(result.elapsed().toNanos() / 1e9, 1e-3);
        return "writer: transactions=%d committed=%d rolledback=%d unanswered=%d events=%d seconds=%.1f rate=%.0f/s"
                .formatted(
                        result.transactions(),
                        result.committedTransactions(),
                        result.rolledBackTransactions(),
                        result.unansweredTransactions(),
                        result.committedEvents(),
                        seconds,
                        result.transactions() / seconds);
    }
}
