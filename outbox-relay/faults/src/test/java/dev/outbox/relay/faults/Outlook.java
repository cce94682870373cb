package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Threads.Every;
import java.time.Duration;

/** Whether what was committed so far can still come, for one who waits for it. For one thread. */
final class Outlook {

    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    /** What is confirmed is stored by the brokers, and reaches a reader within this, if they were restarted just now, too. */
    private static final long ON_ITS_WAY_NANOS = Duration.ofSeconds(10).toNanos();

    private final Target target;
    private final boolean failedIsFinal;
    private final String end;
    private final Every look = new Every(LOOK_NANOS, this::look);
    private long confirmedAt = Long.MAX_VALUE;

    /** @param failedIsFinal whether nobody mends a stream that is FAILED */
    Outlook(Target target, boolean failedIsFinal) {
        this.target = target;
        this.failedIsFinal = failedIsFinal;
        this.end = target.query("SELECT pg_current_wal_lsn()");
    }

    boolean isHopeless() {
        return look.getAsBoolean();
    }

    private boolean look() {
        String state = target.relay().state();
        if (state.startsWith("ended") || (failedIsFinal && state.equals("FAILED"))) {
            return true;
        }
        if (confirmedAt == Long.MAX_VALUE && target.isConfirmed(end)) {
            confirmedAt = System.nanoTime();
        }
        return confirmedAt != Long.MAX_VALUE && System.nanoTime() - confirmedAt > ON_ITS_WAY_NANOS;
    }
}
