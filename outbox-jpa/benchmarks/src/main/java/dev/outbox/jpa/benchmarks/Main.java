package dev.outbox.jpa.benchmarks;

import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.Progress;
import dev.outbox.samples.cli.SampleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** The benchmark as a command. */
@CommandLine.Command(
        name = "outbox-jpa-benchmarks",
        mixinStandardHelpOptions = true,
        version = "Outbox JPA benchmarks 0.1.0",
        sortOptions = false,
        description = "Measures what events cost a business transaction: Outbox, the limit that JDBC sets, and others.",
        footer = {"", "TMPDIR says where PostgreSQL has its data. Exit code: 0 done, 1 failed, 2 wrong flags."})
public final class Main implements Callable<Integer> {

    @Option(names = "--quick", description = "Less than two minutes instead of less than eight, and less certain.")
    private boolean quick;

    @Option(names = "--results", paramLabel = "FILE", description = "Where to write the results as Markdown.")
    private @Nullable Path file;

    @Option(
            names = "--seed",
            description = "Makes the sides take turns in the same order again; a random one is printed if missing.")
    private @Nullable Long seed;

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(Command.run(new Main(), args));
    }

    @Override
    public Integer call() {
        long start = System.nanoTime();
        long drawn = seed == null ? new Random().nextInt(1_000_000) : seed;
        Plan plan = quick ? Plan.quick(drawn) : Plan.full(drawn);
        System.out.println("benchmark: seed " + drawn + ", about "
                + plan.duration().plusSeconds(20).toSeconds() + " s");
        try (Database database = Database.start();
                Sides sides = Sides.open(database);
                Measurement measurement = new Measurement(database, sides, plan)) {
            Results results = Progress.during("benchmark, seconds", measurement, measurement::run);
            System.out.println(Report.plain(results));
            Duration duration = Duration.ofNanos(System.nanoTime() - start);
            write(Report.markdown(results, Circumstances.of(database, results, plan, duration)));
            System.out.println("benchmark: done in " + duration.toSeconds() + " s" + (file == null ? "" : ", " + file));
            database.startRound(sides.tables());
        }
        return 0;
    }

    private void write(String results) {
        if (file == null) {
            return;
        }
        try {
            Files.writeString(file, results);
        } catch (IOException e) {
            throw new SampleException(
                    "The file %s can't be written (%s); give another --results.".formatted(file, e.getMessage()), e);
        }
    }
}
