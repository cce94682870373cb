package dev.outbox.relay.server;

import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.status.Paused;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.StreamStatus;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/** A stream's figures as lines for the log. For one thread at a time. */
final class ProgressLines {

    private static final Duration REMINDER = Duration.ofMinutes(1);

    private final Progress progress;
    private final LongSupplier nanoTime;
    private LogSequenceNumber lastConfirmed = LogSequenceNumber.INVALID;
    private long lastDone;
    private long lastSaidAt;
    private long lastWarnedAt;

    ProgressLines(Progress progress, LongSupplier nanoTime) {
        this.progress = progress;
        this.nanoTime = nanoTime;
        this.lastSaidAt = nanoTime.getAsLong();
        this.lastWarnedAt = lastSaidAt;
    }

    /**
     * The line on the time since the last one; empty if nothing was relayed and nothing is in flight, but for one a minute
     * while another relay relays, or none.
     */
    synchronized Optional<String> line() {
        long now = nanoTime.getAsLong();
        StreamStatus status = progress.status();
        long done = status.traffic().events() + progress.recordErrors().diverted();
        boolean moved = done != lastDone;
        boolean waiting = status.traffic().inFlightEvents() > 0;
        boolean reminder = status.state() != StreamState.RUNNING && now - lastSaidAt >= REMINDER.toNanos();
        if (!moved && !waiting && !reminder) {
            return Optional.empty();
        }
        lastDone = done;
        lastSaidAt = now;
        return Optional.of(String.format(
                Locale.ROOT,
                "state=%s relayed=%d rate=%.0f/s in-flight=%d confirmed=%s%s",
                status.state(),
                status.traffic().events(),
                status.traffic().eventsPerSecond(),
                status.traffic().inFlightEvents(),
                confirmedLsn(status),
                progress.recordErrors()));
    }

    /** What a stream that is paused costs, once a minute. */
    synchronized Optional<String> pauseWarning() {
        long now = nanoTime.getAsLong();
        StreamStatus status = progress.status();
        if (status.paused().isEmpty() || now - lastWarnedAt < REMINDER.toNanos()) {
            return Optional.empty();
        }
        lastWarnedAt = now;
        Paused paused = status.paused().get();
        return Optional.of("Paused since %s by %s: nothing is relayed, and the slot retains %s."
                .formatted(
                        paused.at(),
                        paused.by(),
                        status.slot()
                                .map(ProgressLines::retained)
                                .orElse("WAL (how much, the database does not say)")));
    }

    private static String retained(SlotStatus slot) {
        String retained = "%d bytes of WAL (wal_status %s)".formatted(slot.retainedBytes(), slot.walStatus());
        return slot.safeWalBytes().isEmpty()
                ? retained
                : retained
                        + "; after another %d it is in danger of being lost"
                                .formatted(slot.safeWalBytes().getAsLong());
    }

    /** The figures at the end. */
    synchronized String summary() {
        StreamStatus status = progress.status();
        return "relayed=%d confirmed=%s%s"
                .formatted(status.traffic().events(), confirmedLsn(status), progress.recordErrors());
    }

    /** A generation that is starting knows none yet; the last known one still holds. */
    private LogSequenceNumber confirmedLsn(StreamStatus status) {
        LogSequenceNumber current =
                status.progress().map(StreamProgress::confirmedLsn).orElse(LogSequenceNumber.INVALID);
        if (!current.equals(LogSequenceNumber.INVALID)) {
            lastConfirmed = current;
        }
        return lastConfirmed;
    }
}
