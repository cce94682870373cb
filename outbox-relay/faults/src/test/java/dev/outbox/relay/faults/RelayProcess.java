package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** A relay as it is shipped, a process of its own, with what it printed. */
final class RelayProcess {

    private static final String ENDED_WITH = "ended with ";

    /** The relay's exit code when a stream has failed or could not start. */
    private static final int FAILED_CODE = 1;

    private static final Pattern STATE =
            Pattern.compile("Relaying .* by slot|Standing by\\.|the stream is FAILED|can't start: |Next attempt in "
                    + "|Waiting for the slot\\.");

    private final Process process;
    private final Path log;

    private RelayProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * @param jvm options, the class path among them
     * @param log what it prints, from the beginning
     */
    static RelayProcess start(List<String> jvm, Path config, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("dev.outbox.relay.server.Main", "run", "--config", config.toString()));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new RelayProcess(process, log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** The processor time that it has taken so far. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGTERM; returns the exit code. */
    int terminate() {
        process.destroy();
        return exitCode();
    }

    /** Waits until it has ended by itself. */
    int exitCode() {
        try {
            if (!process.waitFor(Settings.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the relay did not end within " + Settings.PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return process.exitValue();
    }

    /** Any other signal: STOP, CONT. */
    void signal(String name) {
        Signals.send(name, process.pid());
    }

    /** What it has printed. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it has said after the mark that it relays. */
    boolean isRelayingAgain(int mark) {
        return saysAfter(mark, "Relaying ");
    }

    /** How much it has printed, to look for what comes after. */
    int mark() {
        return log().length();
    }

    boolean saysAfter(int mark, String words) {
        return log().indexOf(words, mark) >= 0;
    }

    /** Waits until it has said so after the mark. */
    void awaitSaying(int mark, String words) {
        Threads.await(
                () -> "the relay to say '" + words + "'; its last words: " + lastWords(),
                Settings.PATIENCE,
                () -> saysAfter(mark, words));
    }

    /** The line that says that it has FAILED, or that it can't start, after the mark. */
    Optional<String> failureAfter(int mark) {
        return log().substring(mark)
                .lines()
                .filter(line -> line.contains("the stream is FAILED") || line.contains("The stream can't start: "))
                .findFirst();
    }

    /** Whether that is the state of a stream that has failed: soon after it, the process whose only one it is has ended. */
    static boolean hasFailed(String state) {
        return state.equals("FAILED") || state.equals(ENDED_WITH + FAILED_CODE);
    }

    /** The state that it said last. */
    String state() {
        if (!process.isAlive()) {
            return ENDED_WITH + process.exitValue();
        }
        String state = "STARTING";
        for (String line : log().lines().toList()) {
            var said = STATE.matcher(line);
            if (said.find()) {
                state = switch (said.group().charAt(0)) {
                    case 'R' -> "RUNNING";
                    case 'S' -> "STANDBY";
                    case 'N', 'W' -> "STARTING";
                    default -> "FAILED";
                };
            }
        }
        return state;
    }

    /** The lines in which it told of errors, for a message. */
    List<String> errors() {
        return log().lines().filter(line -> line.contains(" ERROR ")).toList();
    }

    /** Its last lines that are no progress, for a message. */
    String lastWords() {
        List<String> lines =
                log().lines().filter(line -> !line.contains(" state=")).toList();
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    }
}
