package dev.outbox.relay.server;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** A stream's figures, over all of its generations. Counted on the hot path, read by one thread at a time. */
final class Progress {

    private static final Duration STALL = Duration.ofSeconds(20);
    private static final Duration REMINDER = Duration.ofMinutes(1);

    private final LongSupplier nanoTime;
    private final LongAdder relayed = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final RecordErrorCounts recordErrors = new RecordErrorCounts();
    private volatile StreamState state = StreamState.STARTING;
    private volatile AtomicLong inFlight = new AtomicLong();
    private volatile Supplier<LogSequenceNumber> confirmed = () -> LogSequenceNumber.INVALID;
    private LogSequenceNumber lastConfirmed = LogSequenceNumber.INVALID;
    private long lastRelayed;
    private long lastMovement;
    private long lastLineAt;
    private long lastSaidAt;
    private long lastMovedAt;

    Progress(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.lastLineAt = nanoTime.getAsLong();
        this.lastSaidAt = lastLineAt;
        this.lastMovedAt = lastLineAt;
    }

    /** Returns whether the stream was in another state. */
    boolean enter(StreamState next) {
        boolean news = state != next;
        state = next;
        return news;
    }

    /** The stream ends; one that has failed stays so. */
    void end() {
        if (state != StreamState.FAILED) {
            state = StreamState.STOPPED;
        }
    }

    /** From any thread. */
    StreamState state() {
        return state;
    }

    /** A new generation begins: its own count of records in flight, its own engine to ask. */
    void generation(AtomicLong itsInFlight, Supplier<LogSequenceNumber> itsConfirmed) {
        inFlight = itsInFlight;
        confirmed = itsConfirmed;
    }

    /** The generation ends; what its engine has confirmed is asked a last time. */
    synchronized void ended() {
        confirmedLsn();
        confirmed = () -> LogSequenceNumber.INVALID;
        inFlight = new AtomicLong();
    }

    /** So many events have got to their topics. From any thread. */
    void relayed(long events) {
        relayed.add(events);
    }

    /** A record was acknowledged whose event is not counted yet: a sign of life, and no more. From any thread. */
    void acknowledged() {
        acknowledged.increment();
    }

    /** Where events that don't get to their topic are counted. */
    RecordErrorCounts recordErrors() {
        return recordErrors;
    }

    /**
     * The line on the time since the last one; empty if nothing was relayed and nothing is in flight, but for one a minute
     * while another relay relays, or none.
     */
    synchronized Optional<String> line() {
        long now = nanoTime.getAsLong();
        long total = relayed.sum();
        double rate = (total - lastRelayed) * 1e9 / Math.max(1, now - lastLineAt);
        long movement = total + acknowledged.sum() + recordErrors.diverted();
        boolean moved = movement != lastMovement;
        boolean waiting = inFlight.get() > 0;
        lastMovedAt = moved || !waiting ? now : lastMovedAt;
        lastRelayed = total;
        lastMovement = movement;
        lastLineAt = now;
        boolean reminder = state != StreamState.RUNNING && now - lastSaidAt >= REMINDER.toNanos();
        boolean said = moved || waiting || reminder;
        lastSaidAt = said ? now : lastSaidAt;
        return said
                ? Optional.of(String.format(
                        Locale.ROOT,
                        "state=%s relayed=%d rate=%.0f/s in-flight=%d confirmed=%s%s",
                        state,
                        total,
                        rate,
                        inFlight.get(),
                        confirmedLsn(),
                        recordErrors))
                : Optional.empty();
    }

    /** How long records have been in flight without an acknowledgement, if that is long; as of the last line. */
    synchronized Optional<Duration> stall() {
        Duration still = Duration.ofNanos(nanoTime.getAsLong() - lastMovedAt);
        return inFlight.get() > 0 && still.compareTo(STALL) >= 0 ? Optional.of(still) : Optional.empty();
    }

    /** The figures at the end. */
    synchronized String summary() {
        return "relayed=%d confirmed=%s%s".formatted(relayed.sum(), confirmedLsn(), recordErrors);
    }

    /** A generation that is starting knows none yet; the last known one still holds. */
    private LogSequenceNumber confirmedLsn() {
        LogSequenceNumber current = confirmed.get();
        if (!current.equals(LogSequenceNumber.INVALID)) {
            lastConfirmed = current;
        }
        return lastConfirmed;
    }
}
