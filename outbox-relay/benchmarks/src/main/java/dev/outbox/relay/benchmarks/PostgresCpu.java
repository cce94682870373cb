package dev.outbox.relay.benchmarks;

import dev.outbox.samples.servers.PostgresServer;
import java.io.UncheckedIOException;

/** The processor time of a whole PostgreSQL server: its walsenders, whatever becomes of them, are most of it here. */
final class PostgresCpu {

    private PostgresCpu() {}

    static double seconds(PostgresServer postgres) {
        long postmaster = postgres.pid();
        return ProcessStatus.cpuSeconds(postmaster)
                + ProcessHandle.of(postmaster)
                        .orElseThrow()
                        .children()
                        .mapToDouble(child -> running(child.pid()))
                        .sum();
    }

    private static double running(long pid) {
        try {
            return ProcessStatus.cpuSeconds(pid);
        } catch (UncheckedIOException endedInBetween) {
            return 0;
        }
    }
}
