package dev.outbox.relay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The hand-off from the loop to the host, bounded by the bytes that wait: in here, or delivered and not yet
 * acknowledged. The loop offers and hands over, many at once where there are many; the host drains; acknowledgements
 * release from any thread.
 */
final class DeliveryBuffer {

    /** With so many, the hand-over costs nothing for each. */
    private static final int MOST_GATHERED = 64;

    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition released = lock.newCondition();
    private final AtomicLong bytes = new AtomicLong();
    private final List<Delivery> gathered = new ArrayList<>(MOST_GATHERED);
    private List<Delivery> queue = new ArrayList<>();
    private volatile boolean offerWaits;
    private volatile @Nullable RelayException failure;
    private volatile boolean told;

    DeliveryBuffer(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * Adds a delivery when there is room for it; one larger than all the room is let in alone. It is handed over by the
     * time that there are many, or no room; {@link #handOver} does it at once.
     *
     * @param size its bytes, to be released when it is acknowledged
     * @param timeout how long to wait for room
     * @return whether it was added
     */
    boolean offer(Delivery delivery, long size, Duration timeout) throws InterruptedException {
        if (!hasRoom(size) && !awaitRoom(size, timeout)) {
            return false;
        }
        bytes.addAndGet(size);
        gathered.add(delivery);
        if (gathered.size() == MOST_GATHERED) {
            handOver();
        }
        return true;
    }

    /** Lets the host see all that was added. For the loop's thread. */
    void handOver() {
        if (gathered.isEmpty()) {
            return;
        }
        lock.lock();
        try {
            queue.addAll(gathered);
            filled.signal();
        } finally {
            lock.unlock();
        }
        gathered.clear();
    }

    private boolean hasRoom(long size) {
        long used = bytes.get();
        return used == 0 || used + size <= maxBytes;
    }

    private boolean awaitRoom(long size, Duration timeout) throws InterruptedException {
        handOver();
        lock.lock();
        try {
            offerWaits = true;
            long left = timeout.toNanos();
            while (!hasRoom(size) && failure == null) {
                if (left <= 0) {
                    return false;
                }
                left = released.awaitNanos(left);
            }
            return failure == null;
        } finally {
            offerWaits = false;
            lock.unlock();
        }
    }

    /** A delivery of that size was acknowledged. */
    void release(long size) {
        bytes.addAndGet(-size);
        if (offerWaits) {
            lock.lock();
            try {
                released.signal();
            } finally {
                lock.unlock();
            }
        }
    }

    /** The bytes that wait. */
    long bytes() {
        return bytes.get();
    }

    /** All that was handed over, in order; waits for the first, and returns none after the timeout. Throws what has failed. */
    List<Delivery> drain(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long left = timeout.toNanos();
            while (queue.isEmpty() && failure == null && left > 0) {
                left = filled.awaitNanos(left);
            }
            RelayException failed = failure;
            if (failed != null) {
                told = true;
                throw failed.again();
            }
            List<Delivery> drained = queue;
            queue = new ArrayList<>(drained.size());
            return drained;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the hand-off: nothing more is drained, and the host gets to know why. Only the first reason counts. */
    void fail(RelayException reason) {
        lock.lock();
        try {
            if (failure == null) {
                failure = reason;
            }
            filled.signal();
            released.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Whether the host has been given the failure. */
    boolean hasTold() {
        return told;
    }

    boolean hasFailed() {
        return failure != null;
    }
}
