package dev.outbox.samples.demo;

import dev.outbox.samples.cli.Command;
import dev.outbox.samples.cli.OnShutdown;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The demo as a command. */
@CommandLine.Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        version = "Outbox demo 0.1.0",
        sortOptions = false,
        showDefaultValues = true,
        description = {
            "Starts PostgreSQL, Kafka and the relay, writes with four threads, reads everything into a second database,"
                    + " and checks that nothing was lost, invented or reordered.",
            "",
            "Needs nothing but Java; leaves nothing behind."
        },
        footer = {"", "Exit code: 0 all is as it should be, 1 it is not or something failed, 2 wrong flags."})
public final class Main implements Callable<Integer> {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    @Option(
            names = "--transactions",
            defaultValue = "10000",
            description = "Business transactions to try; a few in a hundred are rolled back on purpose.")
    private long transactions;

    @Option(names = "--crash-relay", description = "Kill the relay (SIGKILL) half-way, and start it again.")
    private boolean crashRelay;

    @Option(
            names = "--keep-running",
            description = "Leave everything up afterwards and tell how to look at it, until Ctrl-C.")
    private boolean keepRunning;

    @Option(
            names = "--seed",
            showDefaultValue = Visibility.NEVER,
            description = "Makes the writer choose the same kinds of transactions again; random if missing.")
    private @Nullable Long seed;

    @Spec
    private @Nullable CommandSpec spec;

    /** Runs the command and exits. */
    public static void main(String[] args) {
        System.exit(Command.run(new Main(), args));
    }

    @Override
    public Integer call() {
        if (transactions < 1) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--transactions must be 1 or more, not " + transactions);
        }
        DemoSettings settings = new DemoSettings(
                transactions, crashRelay, keepRunning, seed == null ? new Random().nextInt(1_000_000) : seed);
        Demo demo = new Demo(settings, System.out::println);
        return OnShutdown.during(demo::stop, STOP_LIMIT, () -> run(demo));
    }

    private static int run(Demo demo) {
        DemoResult result = demo.run();
        result.differences().forEach(difference -> System.err.println("demo: " + difference));
        System.out.println(result.line());
        return result.passed() ? 0 : 1;
    }
}
