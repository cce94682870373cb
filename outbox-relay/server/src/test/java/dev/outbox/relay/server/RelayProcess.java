package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A relay as its users run it: a process of its own, with what it printed. */
final class RelayProcess implements AutoCloseable {

    private static final long LIMIT_SECONDS = 60;
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final Path output;

    private RelayProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    static RelayProcess run(String yaml) {
        return start("run", "--config", Shop.write(yaml).toString());
    }

    static RelayProcess start(String... arguments) {
        return start(SMALL, arguments);
    }

    /** With a further environment variable. */
    static RelayProcess startWith(String variable, String value, String... arguments) {
        return start(Map.of(variable, value), SMALL, arguments);
    }

    /** As in a directory of its own, with further environment variables. */
    static RelayProcess startIn(Path directory, Map<String, String> environment, String... arguments) {
        return start(directory, environment, SMALL, arguments);
    }

    /** With the JVM's own compilers and a heap of this size, as in production. */
    static RelayProcess runWithHeap(String heap, String yaml) {
        return start(
                List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError"),
                "run",
                "--config",
                Shop.write(yaml).toString());
    }

    static RelayProcess startWithHeap(String heap, String... arguments) {
        return start(List.of("-Xmx" + heap, "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"), arguments);
    }

    private static RelayProcess start(List<String> flags, String... arguments) {
        return start(Map.of(), flags, arguments);
    }

    private static RelayProcess start(Map<String, String> environment, List<String> flags, String... arguments) {
        return start(Path.of(""), environment, flags, arguments);
    }

    private static RelayProcess start(
            Path directory, Map<String, String> environment, List<String> flags, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags);
        command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile("relay", ".out");
            output.toFile().deleteOnExit();
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.directory(directory.toAbsolutePath().toFile());
            builder.environment().putAll(environment);
            return new RelayProcess(builder.start(), output);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    void awaitOutput(String words) {
        Awaitility.await()
                .atMost(LIMIT_SECONDS, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(output()).contains(words));
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Sends it another signal: STOP, CONT. */
    void signal(String name) {
        try {
            assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whether it ends within the time. */
    boolean endsWithin(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Waits for the end. */
    int exitCode() {
        try {
            assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS))
                    .as(this::output)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    /** SIGKILL, which also ends a process that was stopped. */
    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        kill();
    }
}
