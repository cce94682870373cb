package dev.outbox.relay.replication;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What goes over a replication connection's socket, below TLS. The stream's thread notes, the watchdog's asks; neither
 * waits for the other.
 */
public final class SocketTraffic {

    private final AtomicLong received = new AtomicLong();
    private final AtomicLong writes = new AtomicLong();
    private volatile @Nullable NotedSocket socket;

    SocketTraffic() {}

    /** pgjdbc may try more than one; the last is the connection's. */
    void opened(NotedSocket opened) {
        socket = opened;
    }

    void received() {
        received.lazySet(received.get() + 1);
    }

    void writing() {
        writes.lazySet(writes.get() + 1);
    }

    /** Grows whenever something arrives. */
    public long arrivals() {
        return received.get();
    }

    /** Whether something has arrived that nobody has read yet. */
    public boolean hasUnread() {
        NotedSocket current = socket;
        try {
            return current != null && !current.isClosed() && current.unread() > 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** A read of the stream begins. For the thread that reads. */
    void beginRead() {
        NotedSocket current = socket;
        if (current != null) {
            current.beginRead();
        }
    }

    /**
     * Waits until there is something to read; false if nothing came. A socket that is broken is something to read: the
     * reader is told. For the thread that reads.
     */
    boolean listen(Duration atMost) {
        NotedSocket current = socket;
        try {
            return current == null || current.listen(atMost);
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether so much arrives that it is read in gulps. For the thread that reads. */
    boolean isBehind() {
        NotedSocket current = socket;
        return current != null && current.isBehind();
    }

    /** An odd number while a write is under way, and another one for each write. */
    public long writes() {
        return writes.get();
    }

    /** Closes the socket under whoever reads or writes. TLS is not told: it would wait for a write that hangs. */
    public void cut() {
        NotedSocket current = socket;
        if (current != null) {
            try {
                current.close();
            } catch (IOException e) {
                throw new ReplicationException("Can't close the socket: " + e.getMessage() + ".", true, e);
            }
        }
    }
}
