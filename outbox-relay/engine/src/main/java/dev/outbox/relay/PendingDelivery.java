package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A delivery that takes exactly one answer, and passes it on to its own generation only. */
final class PendingDelivery implements Delivery {

    /** A flag of its own class would be one more object for each event. */
    private static final AtomicIntegerFieldUpdater<PendingDelivery> ANSWERED =
            AtomicIntegerFieldUpdater.newUpdater(PendingDelivery.class, "answered");

    private final RelayRecord record;
    private final @Nullable RelayException problem;
    private final TransactionSegment segment;
    private final DeliveryBuffer buffer;
    private final StreamOrigin origin;
    private final long index;
    private final long size;
    private boolean endOfTransaction;

    @SuppressWarnings("UnusedVariable") // read and written through ANSWERED
    private volatile int answered;

    PendingDelivery(
            RelayRecord record,
            @Nullable RelayException problem,
            TransactionSegment segment,
            DeliveryBuffer buffer,
            StreamOrigin origin,
            long index) {
        this.record = record;
        this.problem = problem;
        this.segment = segment;
        this.buffer = buffer;
        this.origin = origin;
        this.index = index;
        this.size = sizeOf(record);
    }

    /** Before it is handed over, and after the Commit has been told to the tracker. */
    PendingDelivery last() {
        endOfTransaction = true;
        return this;
    }

    /** What it takes of the buffer's room, in bytes. */
    long size() {
        return size;
    }

    /** The bytes of the record, and a flat sum for the objects around them. */
    private static long sizeOf(RelayRecord record) {
        byte[] value = record.value();
        long size = 256L + record.key().length + (value == null ? 0 : value.length);
        for (RelayHeader header : record.headers()) {
            size += 32L + header.value().length;
        }
        return size;
    }

    @Override
    public RelayRecord record() {
        if (problem != null) {
            throw new RelayException(Failures.message(problem), problem.retriable(), problem);
        }
        return record;
    }

    @Override
    public @Nullable RelayException problem() {
        return problem;
    }

    @Override
    public RelayRecord salvaged() {
        return record;
    }

    @Override
    public Position position() {
        return new Position(origin.timeline(), segment.commitLsn(), index);
    }

    @Override
    public Checkpoint checkpoint() {
        LogSequenceNumber endLsn = endOfTransaction ? segment.endLsn() : segment.previousEndLsn();
        return origin.checkpoint(new Acknowledged(endLsn, segment.commitLsn(), index, segment.commitUnixMillis()));
    }

    @Override
    public long committedAtMillis() {
        return segment.commitUnixMillis();
    }

    @Override
    public boolean endOfTransaction() {
        return endOfTransaction;
    }

    @Override
    public void ack() {
        if (ANSWERED.compareAndSet(this, 0, 1)) {
            segment.acked();
            buffer.release(size);
        }
    }

    @Override
    public void fail(Throwable cause) {
        if (ANSWERED.compareAndSet(this, 0, 1)) {
            buffer.fail(new RelayException(
                    "The record for topic '" + record.topic() + "' at " + position() + " was not delivered: "
                            + Failures.sentence(cause) + " Nothing from it on is confirmed.",
                    !(cause instanceof RelayException known) || known.retriable(),
                    cause));
        }
    }

    /** Topic and position. */
    @Override
    public String toString() {
        return "Delivery[" + record.topic() + " " + position() + "]";
    }
}
