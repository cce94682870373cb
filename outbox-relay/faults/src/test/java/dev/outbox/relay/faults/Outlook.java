package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Threads.Every;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Whether what was committed so far can still come, for one who waits for it. For one thread. */
final class Outlook {

    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    /** What is confirmed is stored by the brokers, and reaches a reader within this, if they were restarted just now, too. */
    private static final long ON_ITS_WAY_NANOS = Duration.ofSeconds(10).toNanos();

    private final Target target;
    private final boolean failedIsFinal;
    private final Every look = new Every(LOOK_NANOS, this::look);
    private @Nullable String end;
    private long confirmedAt = Long.MAX_VALUE;

    /** @param failedIsFinal whether nobody mends a stream that is FAILED */
    Outlook(Target target, boolean failedIsFinal) {
        this.target = target;
        this.failedIsFinal = failedIsFinal;
    }

    boolean isHopeless() {
        return look.getAsBoolean();
    }

    private boolean look() {
        String state = target.relay().state();
        if (state.startsWith("ended") || (failedIsFinal && state.equals("FAILED"))) {
            return true;
        }
        if (confirmedAt == Long.MAX_VALUE && isConfirmed()) {
            confirmedAt = System.nanoTime();
        }
        return confirmedAt != Long.MAX_VALUE && System.nanoTime() - confirmedAt > ON_ITS_WAY_NANOS;
    }

    private boolean isConfirmed() {
        try {
            if (end == null) {
                end = target.query("SELECT pg_current_wal_lsn()");
            }
            return target.isConfirmed(end);
        } catch (IllegalStateException e) {
            // The server is not back yet.
            return false;
        }
    }
}
