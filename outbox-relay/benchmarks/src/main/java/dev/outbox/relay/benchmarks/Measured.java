package dev.outbox.relay.benchmarks;

import dev.outbox.relay.benchmarks.process.Signs;
import dev.outbox.samples.cli.SampleException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The process of a side, while it runs. */
final class Measured implements AutoCloseable {

    private static final int END_LIMIT_SECONDS = 20;

    private final Side side;
    private final Process process;
    private final Path output;

    /** A relay without its servers would try again for ever. */
    private final Thread onShutdown;

    private Measured(Side side, Process process, Path output) {
        this.side = side;
        this.process = process;
        this.output = output;
        this.onShutdown = new Thread(this::kill, "measured-kill");
        Runtime.getRuntime().addShutdownHook(onShutdown);
    }

    static Measured start(Side side, Job job) {
        Path output = job.directory().resolve("output.log");
        try {
            Files.createDirectories(job.directory());
            Side.Command command = side.launch().command(job);
            ProcessBuilder builder =
                    new ProcessBuilder(command.line()).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(Measured::wouldChangeTheRelay);
            builder.environment().putAll(command.environment());
            return new Measured(side, builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(side + " can't be started: " + e.getMessage(), e);
        }
    }

    /** What a user has set for relays of his own is not what is shipped. */
    private static boolean wouldChangeTheRelay(String variable) {
        return variable.startsWith("RELAY_") || variable.equals("OUTBOX_RELAY_JAR") || variable.equals("JAVA_OPTS");
    }

    long pid() {
        return process.pid();
    }

    /** Whether it has printed that line. */
    boolean says(String sign) {
        requireAlive();
        return output().lines().anyMatch(sign::equals);
    }

    /** Waits until something is so; fails with its last words if that takes too long, or if it ends before. */
    void await(String what, Duration limit, BooleanSupplier condition) {
        Await.until(() -> "'" + side + "' to " + what, () -> " Its last words: " + lastWords(), limit, () -> {
            requireAlive();
            return condition.getAsBoolean();
        });
    }

    /** @throws SampleException with its last words, if it has ended */
    void requireAlive() {
        if (!process.isAlive()) {
            throw new SampleException("Expected '" + side + "' to go on, found that it ended with exit code "
                    + process.exitValue() + ". Its last words: " + lastWords());
        }
    }

    private String lastWords() {
        List<String> lines = output().lines()
                .filter(line -> !line.isBlank() && !line.equals(Signs.BEGAN))
                .toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    private String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In order if it wants, else at once. */
    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            process.destroy();
            if (!process.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                kill();
                process.waitFor();
            }
            Runtime.getRuntime().removeShutdownHook(onShutdown);
        } catch (IllegalStateException shuttingDown) {
            kill();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        }
    }

    /** With what it has started, where it is a shell. */
    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
