package dev.outbox.relay.compat.operations;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A command of the relay's runnable jar, in a process, with what it printed. */
final class RelayCommand implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private RelayCommand(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** @param directory for the configuration and what is printed */
    static RelayCommand start(Path directory, String yaml, String command, String... options) {
        try {
            Path config = Files.writeString(directory.resolve("relay.yaml"), yaml);
            Path output = Files.createTempFile(directory, command, ".out");
            List<String> line = new ArrayList<>();
            line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            line.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
            line.addAll(List.of("-jar", System.getProperty("relay.jar"), command, "--config", config.toString()));
            line.addAll(List.of(options));
            ProcessBuilder builder =
                    new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().put("OUTBOX_ADMIN_PASSWORD", "postgres");
            return new RelayCommand(builder.start(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has ended, in this way. */
    RelayCommand endsWith(int exitCode) {
        try {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as(this::output)
                    .isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        assertThat(process.exitValue()).as(this::output).isEqualTo(exitCode);
        return this;
    }

    void awaitOutput(String words) {
        Awaitility.await()
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(output()).contains(words));
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@code check} has found that is not ok. */
    List<String> complaints() {
        return lines().filter(line -> line.matches("(warning|error|unknown) .*"))
                .toList();
    }

    /** Without indents. */
    Stream<String> lines() {
        return output().lines().map(String::strip);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
