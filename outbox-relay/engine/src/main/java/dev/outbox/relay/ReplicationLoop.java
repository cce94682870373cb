package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.pgoutput.PgOutputDecoder;
import dev.outbox.relay.pgoutput.PgOutputMessage;
import dev.outbox.relay.pgoutput.PgOutputMessage.Begin;
import dev.outbox.relay.pgoutput.PgOutputMessage.Commit;
import dev.outbox.relay.pgoutput.PgOutputMessage.Insert;
import dev.outbox.relay.pgoutput.PgOutputMessage.Relation;
import dev.outbox.relay.pgoutput.RelationCache;
import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.ReplicationStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only thread that touches the replication stream: read, decode, route, offer, confirm.
 *
 * <p>Events are offered as they are read, before their Commit: the server sends committed transactions only. One is held
 * back, so that the last of a transaction can be marked as such.
 */
final class ReplicationLoop implements Runnable {

    /** How long without a message before the thread sleeps until there is one. */
    private static final long IDLE_AFTER_NANOS = 100_000_000;

    /** How long it sleeps at most: acknowledgements and a stop do not wake it. */
    private static final Duration IDLE_SLEEP = Duration.ofMillis(50);

    private static final long LONG_IDLE_AFTER_NANOS = 2_000_000_000;
    private static final Duration LONG_IDLE_SLEEP = Duration.ofMillis(200);

    private static final long LOOK_NANOS = 5_000_000;

    private static final long PASS_NANOS = 1_000_000;

    /** How soon a new confirmation is told while nothing else happens. */
    private static final long CONFIRM_WITHIN_NANOS = 100_000_000;

    /** How long a host may take to store what it has acknowledged before a row that ends the stream is reported. */
    private static final long STORE_LIMIT_NANOS = Duration.ofSeconds(30).toNanos();

    private static final Duration LAST_LOOK = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(ReplicationLoop.class);

    private final ReplicationStream stream;
    private final DeliveryBuffer buffer;
    private final RecordReader reader;
    private final StreamOrigin origin;
    private final Position skipTo;
    private final LogSequenceNumber startedAt;
    private final AckTracker acks;
    private final ConfirmGate gate;
    private final SourceWatch watch;
    private final Duration statusInterval;
    private final PgOutputDecoder decoder = new PgOutputDecoder();
    private final RelationCache relations = new RelationCache();
    private @Nullable Begin begin;
    private long index;
    private @Nullable PendingDelivery heldBack;
    private boolean arriving;
    private long lastMessageNanos = System.nanoTime();
    private long lastToldNanos = System.nanoTime();
    private LogSequenceNumber told = LogSequenceNumber.INVALID;
    private LogSequenceNumber unskipped;
    private volatile LogSequenceNumber received;
    private volatile LogSequenceNumber confirmed = LogSequenceNumber.INVALID;
    private final AtomicLong passes = new AtomicLong();
    private volatile boolean stopping;
    private volatile boolean endedInOrder;
    private volatile boolean ended;
    private volatile @Nullable RelayException ending;

    ReplicationLoop(
            ReplicationStream stream,
            DeliveryBuffer buffer,
            RecordReader reader,
            Beginning beginning,
            ConfirmGate gate,
            SourceWatch watch,
            Duration statusInterval) {
        this.stream = stream;
        this.buffer = buffer;
        this.reader = reader;
        this.origin = beginning.origin();
        this.skipTo = beginning.skipTo();
        this.startedAt = beginning.sighting().lsn();
        this.acks = new AckTracker(beginning.before());
        this.received = beginning.before().confirmableLsn();
        this.unskipped = beginning.before().confirmableLsn();
        this.gate = gate;
        this.watch = watch;
        this.statusInterval = statusInterval;
    }

    @Override
    public void run() {
        RelayException failure = null;
        try {
            while (!stopping && !buffer.hasFailed()) {
                ByteBuffer message = read();
                if (message == null) {
                    buffer.handOver();
                    nothingArrived();
                    requireNothingSkipped();
                } else {
                    arrived(decoder.decode(message));
                }
                confirm();
            }
        } catch (InterruptedException e) {
            stream.abort();
            ended = true;
            return;
        } catch (ReplicationException e) {
            failure = e.gapAfter() == null
                    ? Failures.of(e)
                    : new GapException(Failures.message(e), watch.gapUntil(LogSequenceNumber.INVALID), e);
        } catch (RuntimeException | Error e) {
            failure = Failures.of(e);
        }
        end(failure);
        ended = true;
    }

    private @Nullable ByteBuffer read() {
        if (arriving) {
            return stream.read();
        }
        long idle = System.nanoTime() - lastMessageNanos;
        if (idle <= IDLE_AFTER_NANOS) {
            return stream.read();
        }
        return stream.read(idle <= LONG_IDLE_AFTER_NANOS ? IDLE_SLEEP : LONG_IDLE_SLEEP);
    }

    /** Tells the last confirmation and gives the slot back. */
    private void end(@Nullable RelayException failure) {
        try {
            confirm();
            if (failure == null && !stopping) {
                // Ended by its host, whose earlier acknowledgements would come again.
                watch.await(acks.acknowledged(), LAST_LOOK);
                confirm();
            }
            stream.sendStatus();
            stream.close();
            endedInOrder = true;
        } catch (InterruptedException e) {
            stream.abort();
        } catch (RuntimeException e) {
            stream.abort();
            ending = failure == null ? Failures.of(e) : failure;
        }
        RelayException told = failure == null ? ending : failure;
        if (told != null) {
            buffer.fail(told);
        }
    }

    private void arrived(PgOutputMessage message) throws InterruptedException {
        arriving = true;
        if (message instanceof Insert insert) {
            inserted(insert);
        } else if (message instanceof Begin started) {
            begin = started;
            index = 0;
            acks.begin();
        } else if (message instanceof Commit commit) {
            committed(commit);
        } else if (message instanceof Relation relation) {
            relations.put(relation);
        }
    }

    private void inserted(Insert insert) throws InterruptedException {
        Relation relation = relations.get(insert.relationId(), insert.newTuple());
        Begin transaction = requireBegin("an Insert");
        PendingDelivery next;
        try {
            next = next(relation, insert, transaction);
        } catch (RelayException e) {
            finishBefore();
            throw e;
        }
        if (next != null) {
            offerHeldBack();
            heldBack = next;
        }
    }

    private @Nullable PendingDelivery next(Relation relation, Insert insert, Begin transaction) {
        if (!isOutbox(relation, transaction)) {
            return null;
        }
        long place = index++;
        return isSkipped(transaction, place) ? null : read(relation, insert, transaction, place);
    }

    /**
     * The table has changed, and each attempt will end at this row. What comes before it would come again with each, and
     * could not be read any more once the configuration names the columns as they are now: it is finished first, however
     * long the host takes to acknowledge it.
     */
    private void finishBefore() throws InterruptedException {
        offerHeldBack();
        buffer.handOver();
        acks.end();
        long acknowledgedAt = System.nanoTime();
        while (!stopping && !buffer.hasFailed()) {
            confirm();
            long now = System.nanoTime();
            if (!acks.hasEnded()) {
                acknowledgedAt = now;
            } else if (gate.keeps(acks.acknowledged()) || now - acknowledgedAt > STORE_LIMIT_NANOS) {
                return;
            }
            if (now - lastToldNanos > statusInterval.toNanos()) {
                stream.sendStatus();
                lastToldNanos = now;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isOutbox(Relation relation, Begin transaction) {
        return transaction.commitLsn().compareTo(startedAt) <= 0
                ? reader.wasOutbox(relation)
                : reader.isOutbox(relation);
    }

    /** A row that can't become a record is delivered with the reason: what becomes of it is the host's to decide. */
    private PendingDelivery read(Relation relation, Insert insert, Begin transaction, long place) {
        RelayRecord record;
        RowException problem = null;
        try {
            record = reader.read(relation, insert.newTuple(), transaction);
        } catch (RowException e) {
            record = reader.salvage(relation, insert.newTuple(), transaction);
            problem = e;
        }
        return new PendingDelivery(record, problem, acks.deliver(transaction, place), buffer, origin, place);
    }

    private Begin requireBegin(String found) {
        Begin transaction = begin;
        if (transaction == null) {
            throw new RelayException(
                    "Expected a Begin before each transaction's messages, found " + found
                            + " without one. The stream has lost its place; a reconnect begins with a whole transaction.",
                    true,
                    null);
        }
        return transaction;
    }

    private boolean isSkipped(Begin transaction, long place) {
        int order = transaction.commitLsn().compareTo(skipTo.commitLsn());
        return order < 0 || (order == 0 && place <= skipTo.index());
    }

    private void committed(Commit commit) throws InterruptedException {
        requireBegin("a Commit");
        acks.commit(commit.commitEndLsn());
        received = commit.commitEndLsn();
        PendingDelivery last = heldBack;
        if (last != null) {
            last.last();
            offerHeldBack();
            if (!stream.isBehind()) {
                buffer.handOver();
            }
        }
        begin = null;
    }

    private void offerHeldBack() throws InterruptedException {
        PendingDelivery previous = heldBack;
        heldBack = null;
        if (previous != null) {
            offer(previous);
        }
    }

    /** Waits for room; meanwhile nothing is read, so the status that a read would send is sent from here. */
    private void offer(PendingDelivery delivery) throws InterruptedException {
        long size = delivery.size();
        while (!stopping && !buffer.hasFailed() && !buffer.offer(delivery, size, statusInterval)) {
            confirm();
            stream.sendStatus();
        }
    }

    private void nothingArrived() {
        LogSequenceNumber all = LogSequenceNumber.max(received, stream.receivedLsn());
        acks.received(all);
        received = all;
        long now = System.nanoTime();
        if (arriving) {
            arriving = false;
            lastMessageNanos = now;
        }
        boolean news = !told.equals(confirmed) && now - lastToldNanos > CONFIRM_WITHIN_NANOS;
        if (news || isSilent(now)) {
            stream.sendStatus();
            told = confirmed;
            lastToldNanos = now;
        }
    }

    /** Whether the server should be asked whether it is still there. */
    private boolean isSilent(long now) {
        return now - lastMessageNanos > statusInterval.toNanos() && now - lastToldNanos > statusInterval.toNanos();
    }

    /**
     * The server's own warning; what it does not say, the watch finds. It comes in the order of the stream: if the stream
     * was beyond the start when there was none yet, it is about something newer. Otherwise it may be about a time before,
     * which is known, and the watch looks before anything is confirmed.
     */
    private void requireNothingSkipped() {
        LogSequenceNumber before = unskipped;
        unskipped = received;
        String skipped = stream.skippedPublication();
        if (skipped == null) {
            return;
        }
        if (before.compareTo(startedAt) > 0) {
            throw new GapException(
                    "Expected all events from the server, found that it leaves some out (" + skipped
                            + "): the publication was dropped or renamed.",
                    watch.gapUntil(LogSequenceNumber.INVALID),
                    null);
        }
        LOG.warn("The server left out changes from before this start, when there was no publication: {}", skipped);
    }

    private void confirm() {
        LogSequenceNumber lsn = gate.confirmable(acks.acknowledged());
        watch.stir();
        passes.lazySet(passes.get() + 1);
        if (lsn.compareTo(confirmed) > 0) {
            stream.confirm(lsn);
            confirmed = lsn;
        }
    }

    /** Up to where everything that was sent is read. From any thread. */
    LogSequenceNumber receivedLsn() {
        return received;
    }

    /** From any thread. */
    LogSequenceNumber confirmedLsn() {
        return confirmed;
    }

    /** Whether nothing more is read or confirmed. From any thread. */
    boolean hasEnded() {
        return ended;
    }

    /** Whether the loop has told the server the last confirmation and has closed the stream. From any thread. */
    boolean endedInOrder() {
        return endedInOrder;
    }

    /** What the loop failed with, if it did. From any thread. */
    @Nullable RelayException ending() {
        return ending;
    }

    /** Waits until acknowledgements given before the call are counted, or the loop has ended. From any thread. */
    void awaitPass(Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        long counted = passes.get() + 2;
        while (passes.get() < counted && !ended && System.nanoTime() < deadline) {
            LockSupport.parkNanos(PASS_NANOS);
        }
    }

    /** Ends the loop soon, from any thread: it confirms what is acknowledged by then, and closes the stream. */
    void stop() {
        stopping = true;
    }
}
