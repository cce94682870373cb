package dev.outbox.relay.benchmarks;

import dev.outbox.relay.HotPathBenchmark;
import dev.outbox.samples.cli.Command;
import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import picocli.CommandLine;

/** The hot path's parts as a command, by JMH. */
@CommandLine.Command(
        name = "outbox-relay-micro",
        mixinStandardHelpOptions = true,
        version = "Outbox relay benchmarks 0.1.0",
        description = "Measures what decoding, routing and acknowledging take for an event: time and allocation.",
        footer = {"", "Exit code: 0 done, 1 failed, 2 wrong flags."})
public final class Micro implements Callable<Integer> {

    private static final double MOST_NANOS = 400;
    private static final double MOST_BYTES = 300;
    private static final String ALLOCATION = "gc.alloc.rate.norm";

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(Command.run(new Micro(), args));
    }

    @Override
    public Integer call() throws RunnerException {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(HotPathBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .shouldFailOnError(true)
                        .build())
                .run();
        results.stream()
                .filter(result -> result.getParams().getBenchmark().endsWith(".decodeAndRoute"))
                .forEach(Micro::compare);
        return 0;
    }

    private static void compare(RunResult result) {
        double nanos = result.getPrimaryResult().getScore();
        double allocated = Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATION))
                .getScore();
        double own = HotPathBenchmark.ownBytes();
        print(nanos <= MOST_NANOS, "decode and route: %.0f ns an event; at most %.0f", nanos, MOST_NANOS);
        print(
                allocated - own <= MOST_BYTES,
                "decode and route: %.0f bytes allocated an event beyond the record's own %.0f; at most %.0f",
                allocated - own,
                own,
                MOST_BYTES);
    }

    private static void print(boolean met, String format, Object... arguments) {
        System.out.println((met ? "met: " : "MISSED: ") + String.format(Locale.ROOT, format, arguments));
    }
}
