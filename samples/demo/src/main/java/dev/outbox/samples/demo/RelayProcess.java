package dev.outbox.samples.demo;

import dev.outbox.relay.server.Main;
import dev.outbox.samples.cli.SampleException;
import dev.outbox.samples.servers.KafkaBroker;
import dev.outbox.samples.servers.PostgresServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The relay, as a process of its own, configured by a file as anywhere else. For use by one thread. */
final class RelayProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);
    private static final int LAST_LINES = 15;

    private final Path config;
    private final Path log;
    private final Source source;
    private final Stop stop;
    private Process process;

    private RelayProcess(Path config, Path log, Source source, Stop stop, Process process) {
        this.config = config;
        this.log = log;
        this.source = source;
        this.stop = stop;
        this.process = process;
    }

    /** Starts it; returns when it streams. */
    static RelayProcess start(PostgresServer postgres, KafkaBroker broker, Source source, Stop stop) {
        try {
            Path config = Files.createTempFile("outbox-relay", ".yaml");
            Path log = Files.createTempFile("outbox-relay", ".log");
            Files.writeString(config, """
                    relay:
                      kafka:
                        bootstrap.servers: %s
                      streams:
                        demo:
                          url: %s
                          username: %s
                          slot: %s
                          publication: outbox
                          table: public.outbox
                          topic: "{aggregateType}.events"
                    """.formatted(
                            broker.bootstrapServers(), postgres.url(Source.DATABASE), postgres.user(), Source.SLOT));
            return start(new RelayProcess(config, log, source, stop, launch(config, log)));
        } catch (IOException e) {
            throw new UncheckedIOException("The relay's files can't be written: " + e.getMessage(), e);
        }
    }

    private static RelayProcess start(RelayProcess relay) {
        try {
            relay.awaitStreaming();
            return relay;
        } catch (RuntimeException e) {
            relay.close();
            throw e;
        }
    }

    private static Process launch(Path config, Path log) {
        try {
            return new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:+UseSerialGC",
                            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
                            "-cp",
                            classpath(),
                            RelayMain.class.getName(),
                            "run",
                            "--config",
                            config.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("The relay can't be started: " + e.getMessage(), e);
        }
    }

    /** The relay's own files before those of the samples, so that it logs as it does elsewhere. */
    private static String classpath() {
        try {
            Path relay = Path.of(Main.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            return relay + File.pathSeparator + System.getProperty("java.class.path");
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private void awaitStreaming() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!source.isStreaming()) {
            requireAlive();
            if (System.nanoTime() > deadline) {
                throw new SampleException("The relay did not stream after " + START_LIMIT.toSeconds()
                        + " seconds. Its last lines:\n" + lastLines());
            }
            stop.orPause();
        }
    }

    /** @throws SampleException with its last words, if it has ended by itself */
    void requireAlive() {
        if (!process.isAlive()) {
            throw new SampleException(
                    "The relay ended with exit code " + process.exitValue() + ". Its last lines:\n" + lastLines());
        }
    }

    /** Ends it at once (SIGKILL). */
    void kill() {
        await(process.destroyForcibly());
    }

    /** Starts another one after {@link #kill()}; returns when that streams. */
    void startAgain() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (source.isStreaming()) {
            // The server frees the slot when it finds the connection closed.
            if (System.nanoTime() > deadline) {
                throw new SampleException("The server still holds the slot of the relay that was killed "
                        + START_LIMIT.toSeconds() + " seconds ago.");
            }
            stop.orPause();
        }
        process = launch(config, log);
        awaitStreaming();
    }

    long pid() {
        return process.pid();
    }

    Path log() {
        return log;
    }

    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException e) {
            return "(" + log + " can't be read: " + e.getMessage() + ")";
        }
    }

    /** Ends it in order, or at once if that takes long. */
    @Override
    public void close() {
        process.destroy();
        await(process);
        try {
            Files.deleteIfExists(config);
            Files.deleteIfExists(log);
        } catch (IOException e) {
            throw new UncheckedIOException("The relay's files can't be deleted: " + e.getMessage(), e);
        }
    }

    /** Also when the demo was told to stop: no process may outlive it. */
    private static void await(Process process) {
        boolean interrupted = Thread.interrupted();
        try {
            if (!process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            process.destroyForcibly();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
