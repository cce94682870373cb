package dev.outbox.relay.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** What Linux tells of a process under /proc. */
final class ProcessStatus {

    /** The unit of /proc/PID/stat on every Linux. */
    private static final double TICKS_PER_SECOND = 100;

    /** proc_pid_stat(5) counts from 1, and the first two come before the parenthesis after which it is split here. */
    private static final int UTIME = 14 - 3;

    /** utime, stime, cutime, cstime. */
    private static final int TIMES = 4;

    private ProcessStatus() {}

    /** The processor time in seconds that it has taken so far, with that of its children that have ended. */
    static double cpuSeconds(long pid) {
        String stat = read(pid, "stat");
        return Arrays.stream(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1))
                        .skip(UTIME)
                        .limit(TIMES)
                        .mapToLong(Long::parseLong)
                        .sum()
                / TICKS_PER_SECOND;
    }

    /** The most physical memory that it has had so far, in bytes. */
    static long peakMemoryBytes(long pid) {
        return read(pid, "status")
                .lines()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("/proc/" + pid + "/status has no VmHWM"));
    }

    private static String read(long pid, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
