package dev.outbox.samples.servers;

import io.zonky.test.db.postgres.util.LinuxUtils;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** {@code pg_ctl} for a server that the library has started: it can stop one in order only, and never start it again. */
final class PgCtl implements AutoCloseable {

    private static final String PID_FILE = "postmaster.pid";
    private static final long LIMIT_SECONDS = 60;
    private static final int ULIMIT_BLOCK = 512;

    private final Path data;
    private final Path log;
    private final Path output;
    private final Path postgres;
    private final String options;

    private PgCtl(Path data, Path postgres, String options) {
        this.data = data;
        this.log = Path.of(data + ".log");
        this.output = Path.of(data + ".pg_ctl");
        this.postgres = postgres;
        this.options = options;
    }

    /** With the program and the options that the running server was started with. */
    static PgCtl of(Path data) {
        String started = read(data.resolve("postmaster.opts")).strip();
        int end = started.indexOf(' ');
        return new PgCtl(data, Path.of(started.substring(0, end)), started.substring(end + 1));
    }

    void start() {
        start(List.of());
    }

    /** No file may grow beyond so many bytes. */
    void startWithFilesUpTo(long bytes) {
        start(List.of("sh", "-c", "ulimit -f " + bytes / ULIMIT_BLOCK + " && exec \"$@\"", "sh"));
    }

    private void start(List<String> under) {
        run(under, "start", "-w", "-t", String.valueOf(LIMIT_SECONDS), "-l", log.toString(), "-o", options);
    }

    /** @param mode {@code smart}, {@code fast} or {@code immediate} */
    void stop(String mode) {
        run(List.of(), "stop", "-w", "-t", String.valueOf(LIMIT_SECONDS), "-m", mode);
    }

    /** The postmaster's process. */
    long pid() {
        return Long.parseLong(
                read(data.resolve(PID_FILE)).lines().findFirst().orElseThrow().strip());
    }

    boolean isRunning() {
        return Files.exists(data.resolve(PID_FILE))
                && ProcessHandle.of(pid()).map(ProcessHandle::isAlive).orElse(false);
    }

    /** @param under a command that runs the one that follows it */
    private void run(List<String> under, String... arguments) {
        List<String> command = new ArrayList<>(under);
        if (LinuxUtils.isUnshareAvailable()) {
            // As the library does: a server does not run as root.
            command.addAll(List.of("unshare", "-U"));
        }
        command.addAll(List.of(postgres.resolveSibling("pg_ctl").toString(), "-D", data.toString()));
        command.addAll(List.of(arguments));
        try {
            // Not a pipe: the server would keep it open.
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            boolean ended = process.waitFor(2 * LIMIT_SECONDS, TimeUnit.SECONDS);
            if (!ended || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException("pg_ctl " + arguments[0] + " failed, and printed: " + read(output)
                        + "The server's processes: " + processes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the server was to " + arguments[0] + ".", e);
        }
    }

    /** The commands of those that are there; a server's own say what they are doing. */
    private String processes() {
        return isRunning()
                ? ProcessHandle.of(pid()).stream()
                        .flatMap(ProcessHandle::descendants)
                        .map(child ->
                                child.pid() + " " + child.info().commandLine().orElse("?"))
                        .collect(Collectors.joining(", "))
                : "none";
    }

    @Override
    public void close() {
        Directories.delete(log);
        Directories.delete(output);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
