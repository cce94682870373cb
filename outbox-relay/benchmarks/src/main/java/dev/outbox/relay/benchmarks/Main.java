package dev.outbox.relay.benchmarks;

import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.Progress;
import dev.outbox.samples.cli.SampleException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The benchmark as a command. */
@CommandLine.Command(
        name = "outbox-relay-benchmarks",
        mixinStandardHelpOptions = true,
        version = "Outbox relay benchmarks 0.1.0",
        sortOptions = false,
        description = "Measures how fast, how cheap and how soon the relay is: beside its limits, and beside Debezium.",
        footer = {
            "",
            "TMPDIR says where PostgreSQL and the broker have their data: some 10 GB.",
            "Exit code: 0 done, 1 failed, 2 wrong flags."
        })
public final class Main implements Callable<Integer> {

    private static final long GROWTH_EVENTS = 500_000;
    private static final int GROWTH_RUNS = 3;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--quick",
            description = "100,000 events, the relay, the limits and Debezium's best: less than five minutes.")
    private boolean quick;

    @Option(
            names = "--growth",
            description = "How the relay's cost grows instead: by streams, events in a transaction, bytes, types.")
    private boolean growth;

    @Option(names = "--slowed", description = "Also a relay that wastes 10 µs on each event: it has to show.")
    private boolean slowed;

    @Option(names = "--events", paramLabel = "N", description = "How many events to load instead: tens of thousands.")
    private @Nullable Long events;

    @Option(names = "--runs", paramLabel = "N", description = "How often to measure each instead.")
    private @Nullable Integer runs;

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Only sides in whose name this is found, such as 'relay|gulps'.")
    private Pattern only = Pattern.compile("");

    @Option(names = "--results", paramLabel = "FILE", description = "Where to write the results as Markdown.")
    private @Nullable Path file;

    @Option(
            names = "--relay",
            paramLabel = "DIRECTORY",
            required = true,
            hidden = true,
            description = "outbox-relay of the checkout.")
    private Path relay = Path.of(".");

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(Command.run(new Main(), args));
    }

    @Override
    public Integer call() throws IOException {
        long start = System.nanoTime();
        requireLinux();
        requireSensible();
        Path directory = Files.createTempDirectory("runs");
        if (growth) {
            measureGrowth(directory, start);
        } else {
            measure(directory, start);
        }
        return 0;
    }

    private void measure(Path directory, long start) {
        Sides sides = new Sides(relay);
        Plan plan = plan(sides, directory);
        System.out.println("benchmark: " + plan.steps() + " loads and runs, " + plan.events() + " events in a backlog");
        try (Servers servers = Servers.start()) {
            Measurement measurement = new Measurement(servers, plan, directory);
            Results results = Progress.during("benchmark", measurement, measurement::run);
            Duration duration = Duration.ofNanos(System.nanoTime() - start);
            Report report = new Report(results, Goals.of(results, sides));
            System.out.println(report.plain());
            List<String> circumstances = Circumstances.of(servers.postgres(), plan.words(), duration);
            write(chart -> report.markdown(circumstances, chart), ResultsChart.of(results), duration);
        }
    }

    private void measureGrowth(Path directory, long start) {
        List<GrowthPoint> points = GrowthPoint.all(events == null ? GROWTH_EVENTS : events);
        int times = runs == null ? GROWTH_RUNS : runs;
        System.out.println("benchmark: " + points.size() + " loads, " + times + " runs with each");
        try (Servers servers = Servers.start()) {
            Growth measurement = new Growth(servers, new OutboxRelay(relay), points, times, directory);
            Map<GrowthPoint, List<Figures>> figures = Progress.during("benchmark", measurement, measurement::measure);
            Duration duration = Duration.ofNanos(System.nanoTime() - start);
            GrowthReport report = new GrowthReport(figures);
            System.out.println(report.plain());
            List<String> circumstances = Circumstances.of(
                    servers.postgres(),
                    "%d events of each stream at most, runs with each backlog: %d"
                            .formatted(points.get(0).events(), times),
                    duration);
            write(chart -> report.markdown(circumstances, chart), report.chart(), duration);
        }
    }

    /** Before an hour is spent. */
    private void requireSensible() {
        if (growth && (quick || slowed || !only.pattern().isEmpty())) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "expected --growth with no more than --events, --runs and --results, found others");
        }
        if (file != null
                && !(mayBeWritten(file.toAbsolutePath())
                        && mayBeWritten(chart(file).toAbsolutePath()))) {
            throw unwritable(file, null);
        }
        if (events != null && (events < Backlog.EVENTS_AT_ONCE || events % Backlog.EVENTS_AT_ONCE != 0)) {
            throw wrong("--events", "a multiple of " + Backlog.EVENTS_AT_ONCE, events);
        }
        if (runs != null && runs < 1) {
            throw wrong("--runs", "1 or more", runs);
        }
    }

    private Plan plan(Sides sides, Path directory) {
        Plan plan = quick ? Plans.quick(sides) : Plans.full(sides);
        if (events != null) {
            plan = plan.withEvents(events);
        }
        if (runs != null) {
            plan = plan.withRuns(runs);
        }
        if (slowed) {
            plan = Plans.with(plan, sides.relay(), new OutboxRelay(relay).slowed(SlowedJar.make(relay, directory)));
        }
        plan = Plans.only(plan, only);
        if (plan.steps() == 0) {
            throw wrong("--only", "part of a side's name, such as 'relay' or 'Debezium',", only);
        }
        return plan;
    }

    private CommandLine.ParameterException wrong(String option, String expected, Object found) {
        return new CommandLine.ParameterException(
                spec.commandLine(), "expected " + expected + " for " + option + ", found " + found);
    }

    private static void requireLinux() {
        if (!Files.isReadable(Path.of("/proc/self/stat"))) {
            throw new SampleException("Expected Linux, whose /proc tells what processes take, found "
                    + System.getProperty("os.name") + "; run it there.");
        }
    }

    /** The results, and the chart beside them under their name. */
    private void write(UnaryOperator<String> markdown, String svg, Duration duration) {
        if (file != null) {
            Path chart = chart(file);
            write(file, markdown.apply(chart.getFileName().toString()));
            write(chart, svg);
        }
        System.out.println("benchmark: done in " + duration.toSeconds() + " s" + (file == null ? "" : ", " + file));
    }

    private static Path chart(Path file) {
        return file.resolveSibling(
                file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.md$", "") + ".svg");
    }

    private static boolean mayBeWritten(Path file) {
        return !Files.isDirectory(file) && Files.isWritable(Files.exists(file) ? file : file.getParent());
    }

    private static void write(Path file, String content) {
        try {
            Files.writeString(file, content);
        } catch (IOException e) {
            throw unwritable(file, e);
        }
    }

    private static SampleException unwritable(Path file, @Nullable IOException cause) {
        return new SampleException(
                "Expected a file that can be written, found that %s can't be; give another --results.".formatted(file),
                cause);
    }
}
