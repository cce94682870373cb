package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.Published;
import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.Sighting;
import dev.outbox.relay.replication.Source;
import dev.outbox.relay.replication.SourceProbe;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vouches for the stream: that publication and table are what they were when it began, and so nothing was left out, up to
 * an LSN. The server itself leaves out in silence. Only what is vouched for is confirmed and handed out as a checkpoint.
 *
 * <p>It has a thread and a connection of its own. A look that fails ends nothing; it delays confirmation. An idle stream
 * is not looked at, but for its slot, every few seconds; until then it rests, unless the loop stirs it.
 */
final class SourceWatch implements Runnable {

    private static final long AFTER_EVENTS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long OTHERWISE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SLOT_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long WARN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);

    private final Source source;
    private final Sighting first;
    private final StreamOrigin origin;
    private final ConfirmGate gate;
    private final DeliveryBuffer buffer;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Acknowledged vouched;
    private volatile @Nullable SlotStatus slot;
    private volatile @Nullable SourceProbe probe;
    private volatile boolean urgent;
    private volatile boolean resting;
    private volatile boolean ended;
    private long lastLookNanos;
    private long lastSlotNanos = System.nanoTime() - SLOT_NANOS;
    private long lastVouchNanos = System.nanoTime();
    private boolean warned;

    SourceWatch(Source source, Beginning beginning, ConfirmGate gate, DeliveryBuffer buffer) {
        this.source = source;
        this.first = beginning.sighting();
        this.origin = beginning.origin();
        this.gate = gate;
        this.buffer = buffer;
        this.vouched = beginning.before();
        this.lastLookNanos = System.nanoTime() - OTHERWISE_NANOS;
    }

    @Override
    public void run() {
        try {
            while (!ended) {
                if (System.nanoTime() - lastSlotNanos >= SLOT_NANOS) {
                    lastSlotNanos = System.nanoTime();
                    lookAtSlot();
                } else if (isDue()) {
                    lastLookNanos = System.nanoTime();
                    look();
                } else if (isWaiting()) {
                    pause(true);
                } else {
                    rest();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | Error e) {
            buffer.fail(Failures.of(e));
        } finally {
            ended = true;
            disconnect();
            signal();
        }
    }

    /** Whether something waits to be vouched for, and has waited long enough. */
    private boolean isDue() {
        Acknowledged now = gate.acknowledged();
        boolean events = now.hasEventsBeyond(vouched);
        boolean other = now.confirmableLsn().compareTo(vouched.confirmableLsn()) > 0 || buffer.bytes() > 0;
        if (!events && !other) {
            lastVouchNanos = System.nanoTime();
            return urgent;
        }
        long waited = System.nanoTime() - lastLookNanos;
        return urgent || waited >= (events ? AFTER_EVENTS_NANOS : OTHERWISE_NANOS);
    }

    /** Whether there is, or will be, something to vouch for. */
    private boolean isWaiting() {
        Acknowledged now = gate.acknowledged();
        return urgent
                || buffer.bytes() > 0
                || now.hasEventsBeyond(vouched)
                || now.confirmableLsn().compareTo(vouched.confirmableLsn()) > 0;
    }

    /** To be called when something may have been read or acknowledged. From the loop's thread. */
    void stir() {
        if (resting && isWaiting()) {
            signal();
        }
    }

    private void look() throws InterruptedException {
        Acknowledged before = gate.acknowledged();
        try {
            Sighting sighting = connected().look(first.published());
            if (!sighting.server().equals(first.server())) {
                throw new RelayException(
                        "Another server answers at " + source.address() + " than the one that streams, or it was"
                                + " restarted: the stream begins again where the address leads now.",
                        true,
                        null);
            }
            judge(sighting, before);
        } catch (ReplicationException e) {
            disconnect();
            if (e.stopsOrStarts()) {
                throw new RelayException(
                        "The server at " + source.address()
                                + " is stopping, which waits for the stream to be confirmed or"
                                + " closed: it is closed. What was not confirmed comes again after a reconnect.",
                        true,
                        e);
            }
            delayed(Failures.message(e));
        }
    }

    /** For those who watch over the stream; nothing waits for it. */
    private void lookAtSlot() {
        try {
            slot = SlotLook.with(connected());
        } catch (ReplicationException e) {
            disconnect();
            LOG.debug("The slot could not be looked at.", e);
        }
    }

    private SourceProbe connected() {
        SourceProbe connected = probe;
        if (connected == null) {
            connected = SourceProbe.connect(source);
            probe = connected;
        }
        return connected;
    }

    private void judge(Sighting sighting, Acknowledged before) throws InterruptedException {
        if (sighting.inRecovery() != first.inRecovery()) {
            throw new RelayException(
                    "The server at " + source.address() + " was promoted: its timeline has to be looked at anew.",
                    true,
                    null);
        }
        if (!sighting.published().equals(first.published())) {
            throw new GapException(
                    "Expected " + describe(first.published()) + " on " + source.address()
                            + ", as when the stream began, found " + describe(sighting.published())
                            + ": it was dropped, made anew, or taken out and put back, and what committed meanwhile is"
                            + " not sent.",
                    gapUntil(sighting.lsn()),
                    null);
        }
        if (!sighting.settled()) {
            delayed("somebody is changing the publication '" + source.publication() + "' or the table "
                    + source.table());
            return;
        }
        origin.checked(sighting.lsn());
        vouched = before;
        lastVouchNanos = System.nanoTime();
        warned = false;
        urgent = false;
        signal();
    }

    private String describe(Published published) {
        return "publication '" + source.publication() + "' (OID " + published.publicationOid() + ", entry "
                + published.entryOid() + ") and table " + source.table() + " (OID " + published.tableOid() + ")";
    }

    /** What may be missing if something went wrong after the last look. From any thread. */
    GapRange gapUntil(LogSequenceNumber untilLsn) {
        return new GapRange(origin.checkedLsn(), vouched.committedAtMillis(), untilLsn, System.currentTimeMillis());
    }

    private void delayed(String why) throws InterruptedException {
        if (!warned && System.nanoTime() - lastVouchNanos > WARN_AFTER_NANOS) {
            warned = true;
            LOG.warn(
                    "Nothing of slot '{}' was confirmed for {} s, because it can't be seen that its publication is whole: {}",
                    source.slot(),
                    TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - lastVouchNanos),
                    why);
        }
        pause(false);
    }

    /** All that is acknowledged and vouched for. From any thread. */
    Acknowledged vouched() {
        return vouched;
    }

    /** What the slot looked like last; null before the first look. From any thread. */
    @Nullable SlotStatus slot() {
        return slot;
    }

    /** Waits until so much is vouched for; returns whether it is. From any thread. */
    boolean await(Acknowledged acknowledged, Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lock();
        try {
            while (!vouched.covers(acknowledged)) {
                if (ended || left <= 0) {
                    return false;
                }
                urgent = true;
                changed.signalAll();
                left = changed.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the watch, from any thread. */
    void end() {
        ended = true;
        SourceProbe connected = probe;
        if (connected != null) {
            connected.abort();
        }
        signal();
    }

    private void pause(boolean unlessUrgent) throws InterruptedException {
        lock.lock();
        try {
            long left = AFTER_EVENTS_NANOS;
            while (left > 0 && !ended && !(unlessUrgent && urgent)) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void rest() throws InterruptedException {
        lock.lock();
        try {
            resting = true;
            long left = lastSlotNanos + SLOT_NANOS - System.nanoTime();
            while (left > 0 && !ended && !isWaiting()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            resting = false;
            lock.unlock();
        }
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void disconnect() {
        SourceProbe connected = probe;
        probe = null;
        if (connected != null) {
            connected.abort();
        }
    }
}
