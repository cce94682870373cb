package dev.outbox.relay.server;

import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.server.status.LagClock;
import dev.outbox.relay.server.status.Latency;
import dev.outbox.relay.server.status.Paused;
import dev.outbox.relay.server.status.Rate;
import dev.outbox.relay.server.status.StreamState;
import dev.outbox.relay.server.status.StreamStatus;
import dev.outbox.relay.server.status.StreamStatus.Failure;
import dev.outbox.relay.server.status.StreamStatus.Lag;
import dev.outbox.relay.server.status.StreamStatus.Traffic;
import dev.outbox.relay.server.status.StreamStatus.Troubles;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All that is known of a stream while it lives, over all of its generations. Counted on the hot path; whoever wants to see
 * asks for the {@link #status}. For any thread.
 */
final class Progress {

    private static final long SLOT_OUTDATED_MILLIS = 30_000;
    private static final long WAIT_NANOS = 100_000_000;
    private static final Duration LONGEST_SILENCE = Duration.ofMinutes(10);
    private static final long RESTING = Long.MIN_VALUE;

    private final String name;
    private final Supplier<Optional<StreamProgress>> engine;
    private final LongSupplier nanoTime;
    private final Clock clock;
    private final LongAdder events = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final Latency latency = new Latency();
    private final LongAdder errors = new LongAdder();
    private final AtomicLong attempts = new AtomicLong();
    private final RecordErrorCounts recordErrors = new RecordErrorCounts();
    private final Movement movement;
    private final LagClock lagClock = new LagClock();
    private final Rate eventRate;
    private final Rate byteRate;
    private StreamState state = StreamState.STARTING;
    private Instant since;
    private AtomicLong inFlight = new AtomicLong();
    private LongSupplier retries = () -> 0;
    private long retriesBefore;
    private @Nullable Paused paused;
    private @Nullable Failure lastError;
    private volatile long signOfLife;
    private @Nullable SlotStatus lookedAt;

    /** @param engine how far the engine is, if it was started */
    Progress(String name, Supplier<Optional<StreamProgress>> engine, LongSupplier nanoTime, Clock clock) {
        this.name = name;
        this.engine = engine;
        this.nanoTime = nanoTime;
        this.clock = clock;
        long now = nanoTime.getAsLong();
        movement = new Movement(now);
        eventRate = new Rate(now);
        byteRate = new Rate(now);
        since = clock.instant();
        signOfLife = now;
    }

    /** Returns whether the stream was in another state. */
    synchronized boolean enter(StreamState next) {
        boolean news = state != next;
        if (news) {
            state = next;
            since = clock.instant();
            paused = null;
            notifyAll();
        }
        return news;
    }

    /** The stream is paused; returns whether that is news. */
    synchronized boolean enterPaused(Paused found) {
        boolean news = enter(StreamState.PAUSED) || !found.equals(paused);
        paused = found;
        return news;
    }

    /** The stream ends; one that has failed stays so. */
    synchronized void end() {
        if (state != StreamState.FAILED) {
            enter(StreamState.STOPPED);
        }
    }

    synchronized StreamState state() {
        return state;
    }

    /** Waits until it is as the test wants it; returns how it was when it was asked last. */
    synchronized StreamStatus await(Predicate<StreamStatus> test, Duration atMost) throws InterruptedException {
        long deadline = nanoTime.getAsLong() + atMost.toNanos();
        StreamStatus found = status();
        while (!test.test(found) && nanoTime.getAsLong() < deadline) {
            long left = deadline - nanoTime.getAsLong();
            TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, WAIT_NANOS));
            found = status();
        }
        return found;
    }

    /** The stream's thread has come round, and won't rest now. */
    void moves() {
        signOfLife = nanoTime.getAsLong();
    }

    /** The stream's thread rests until it moves again, however long. */
    void rests() {
        signOfLife = RESTING;
    }

    /** Whether the stream's thread rests, or has moved lately; what it waits for in between has limits of its own. */
    boolean isAlive() {
        long last = signOfLife;
        return last == RESTING || nanoTime.getAsLong() - last < LONGEST_SILENCE.toNanos();
    }

    /** An attempt begins. */
    synchronized void attempt() {
        attempts.incrementAndGet();
        notifyAll();
    }

    /** It has ended with an error. */
    synchronized void failed(String sentence) {
        errors.increment();
        lastError = new Failure(sentence, clock.instant());
        notifyAll();
    }

    /** A new generation begins: its own count of records in flight, and of those that were sent again. */
    synchronized void generation(AtomicLong itsInFlight, LongSupplier itsRetries) {
        inFlight = itsInFlight;
        retries = itsRetries;
    }

    /** The generation ends. */
    synchronized void ended() {
        retriesBefore += retries.getAsLong();
        retries = () -> 0;
        inFlight = new AtomicLong();
    }

    /** So many events have got to their topics, with so many bytes of keys and values. */
    void relayed(long count, long size) {
        events.add(count);
        bytes.add(size);
    }

    /**
     * A record was acknowledged, whether its event counts already or not.
     *
     * @param latencyMillis since its transaction committed, by the server's clock
     */
    void acknowledged(long latencyMillis) {
        acknowledged.increment();
        latency.record(latencyMillis);
    }

    /** Where events that don't get to their topic are counted. */
    RecordErrorCounts recordErrors() {
        return recordErrors;
    }

    /** What the server told of the slot when the engine did not ask by itself. */
    synchronized void lookedAt(SlotStatus found) {
        lookedAt = found;
    }

    /** How it is now. To be asked every second or so, for rates and standstills are seen by asking. */
    synchronized StreamStatus status() {
        long nanos = nanoTime.getAsLong();
        Instant now = clock.instant();
        Optional<StreamProgress> progress = engine.get();
        Optional<SlotStatus> slot = slot(progress, now);
        long relayed = events.sum();
        long inFlightNow = inFlight.get();
        Lag lag = lag(progress, slot, inFlightNow, now);
        movement.look(nanos, state, progress, acknowledged.sum() + recordErrors.diverted(), inFlightNow, lag);
        long size = bytes.sum();
        return new StreamStatus(
                name,
                state,
                since,
                movement.health(nanos, state),
                Optional.ofNullable(paused),
                Optional.ofNullable(lastError),
                progress,
                slot,
                lag,
                new Traffic(
                        relayed,
                        size,
                        eventRate.perSecond(nanos, relayed),
                        byteRate.perSecond(nanos, size),
                        inFlightNow,
                        progress.map(StreamProgress::bytesInFlight).orElse(0L),
                        latency.snapshot()),
                new Troubles(
                        errors.sum(),
                        Math.max(0, attempts.get() - 1),
                        retriesBefore + retries.getAsLong(),
                        recordErrors.deadLettered(),
                        recordErrors.skipped(),
                        recordErrors.refused()));
    }

    /** How long records have been in flight without an acknowledgement, if that is too long; as of the last status. */
    synchronized Optional<Duration> brokersSilent() {
        return movement.brokersSilent(nanoTime.getAsLong());
    }

    /** The newest that is known, unless it is too old to go by. */
    private Optional<SlotStatus> slot(Optional<StreamProgress> progress, Instant now) {
        Optional<SlotStatus> engines = progress.flatMap(StreamProgress::slot);
        return Stream.concat(Stream.ofNullable(lookedAt), engines.stream())
                .max(Comparator.comparingLong(SlotStatus::askedAtMillis))
                .filter(found -> now.toEpochMilli() - found.askedAtMillis() <= SLOT_OUTDATED_MILLIS);
    }

    private Lag lag(Optional<StreamProgress> progress, Optional<SlotStatus> slot, long inFlightNow, Instant now) {
        slot.ifPresent(found -> lagClock.sampled(found.askedAtMillis(), found.serverLsn()));
        LogSequenceNumber delivered = delivered(progress, slot);
        OptionalLong lagBytes =
                slot.isPresent() ? OptionalLong.of(slot.get().serverLsn().bytesSince(delivered)) : OptionalLong.empty();
        if (lagBytes.isPresent() && lagBytes.getAsLong() == 0 && inFlightNow == 0) {
            return new Lag(lagBytes, OptionalDouble.of(0));
        }
        long upTo = Math.max(
                lagClock.upTo(delivered).orElse(0),
                progress.map(StreamProgress::committedAtMillis).orElse(0L));
        return new Lag(
                lagBytes,
                upTo == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(Math.max(0, now.toEpochMilli() - upTo) / 1000.0));
    }

    /** While this relay does not stream, another may: then the slot knows more. */
    private LogSequenceNumber delivered(Optional<StreamProgress> progress, Optional<SlotStatus> slot) {
        LogSequenceNumber own = progress.map(StreamProgress::acknowledgedLsn).orElse(LogSequenceNumber.INVALID);
        return state == StreamState.RUNNING
                ? own
                : slot.map(SlotStatus::confirmedLsn)
                        .filter(lsn -> !lsn.equals(LogSequenceNumber.INVALID))
                        .orElse(own);
    }
}
