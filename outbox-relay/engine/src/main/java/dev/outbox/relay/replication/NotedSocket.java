package dev.outbox.relay.replication;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A socket that notes when something arrives, and while something is written; that can be listened to; and that ends a
 * read in which the driver would answer the server for ever.
 */
final class NotedSocket extends Socket {

    private static final int NOTHING = -2;
    private static final int END = -1;

    private static final int GULP = 256 * 1024;

    /** What a near server may send before it is read, in bytes: less than comes while a reader stays away. */
    private static final int NEAR_BUFFER = 128 * 1024;

    /** Of a server to which there and back takes no longer, in nanoseconds. Far ones need what the kernel finds right. */
    private static final long NEAR_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    /**
     * How often the driver may answer within one read. A server that stops asks again at each answer; where two of its
     * questions are under way, the next is there before the driver finds nothing, and it would never return.
     */
    private static final int ANSWERS = 4;

    /** The timeout with which the driver asks whether something is there, in milliseconds. */
    private static final int ASKING = 1;

    private final SocketTraffic traffic;
    private final Gulps gulps = new Gulps(System.nanoTime());
    private @Nullable NotedInput input;

    /** What was heard and not read yet: a byte, the end, or nothing. */
    private volatile int heard = NOTHING;

    /** What was read in a gulp and not passed on yet. */
    private volatile int kept;

    private volatile boolean closed;

    private boolean streams;
    private int writes;

    NotedSocket(SocketTraffic traffic) {
        this.traffic = traffic;
    }

    @Override
    public void connect(SocketAddress address, int timeoutMillis) throws IOException {
        long began = System.nanoTime();
        super.connect(address, timeoutMillis);
        connected(System.nanoTime() - began);
    }

    void connected(long afterNanos) throws IOException {
        if (afterNanos <= NEAR_NANOS) {
            setReceiveBufferSize(NEAR_BUFFER);
        }
    }

    /** The bytes that have arrived and were not read. */
    int unread() throws IOException {
        return super.getInputStream().available() + kept + (heard == NOTHING ? 0 : 1);
    }

    /** Whether there was much to read of late, as of the last read. For the thread that reads. */
    boolean isBehind() {
        return gulps.isBehind();
    }

    /** A read of the stream begins. For the thread that reads. */
    void beginRead() {
        streams = true;
        writes = 0;
    }

    private boolean hasAnsweredEnough() {
        return streams && writes >= ANSWERS;
    }

    /**
     * Waits until there is something to read, or the other side has ended. Takes no time of the processor, unlike asking
     * again and again. For the thread that reads.
     */
    boolean listen(Duration atMost) throws IOException {
        if (unread() > 0) {
            return true;
        }
        int timeout = getSoTimeout();
        setSoTimeout((int) atMost.toMillis());
        try {
            heard = super.getInputStream().read();
            traffic.received();
            return true;
        } catch (SocketTimeoutException e) {
            return false;
        } finally {
            setSoTimeout(timeout);
        }
    }

    /** pgjdbc asks at each message, and the answer of Java 17's own takes a lock. */
    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() throws IOException {
        try {
            super.close();
        } finally {
            // Behind it: it asks, too, and leaves open what says that it is closed.
            closed = true;
        }
    }

    @Override
    public synchronized InputStream getInputStream() throws IOException {
        NotedInput current = input;
        if (current == null) {
            current = new NotedInput(super.getInputStream());
            input = current;
        }
        return current;
    }

    private final class NotedInput extends InputStream {

        private final InputStream in;
        private byte[] gulp = {};
        private int at;

        NotedInput(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) == END ? END : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (hasAnsweredEnough() && getSoTimeout() == ASKING) {
                throw new SocketTimeoutException("What has arrived is left to the next read.");
            }
            if (kept > 0) {
                return readKept(into, offset, length);
            }
            if (heard != NOTHING) {
                return readHeard(into, offset);
            }
            return length < GULP && letFill() ? readGulp(into, offset, length) : readSome(into, offset, length);
        }

        /** Whether there is much to read; returns when it is time to. */
        private boolean letFill() throws IOException {
            boolean behind = gulps.isBehind(System.nanoTime());
            if (behind && in.available() < Gulps.ENOUGH_BYTES) {
                LockSupport.parkNanos(Gulps.AWAY_NANOS);
            }
            return behind;
        }

        private int readGulp(byte[] into, int offset, int length) throws IOException {
            if (gulp.length == 0) {
                gulp = new byte[GULP];
            }
            int read = readSome(gulp, 0, GULP);
            if (read <= 0) {
                return read;
            }
            at = 0;
            kept = read;
            return readKept(into, offset, length);
        }

        private int readKept(byte[] into, int offset, int length) {
            int before = kept;
            int count = Math.min(before, length);
            System.arraycopy(gulp, at, into, offset, count);
            at += count;
            kept = before - count;
            return count;
        }

        private int readHeard(byte[] into, int offset) {
            int first = heard;
            if (first == END) {
                return END;
            }
            heard = NOTHING;
            into[offset] = (byte) first;
            return 1;
        }

        private int readSome(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            traffic.received();
            gulps.read(Math.max(0, read), System.nanoTime());
            return read;
        }

        @Override
        public int available() throws IOException {
            return hasAnsweredEnough() ? 0 : unread();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(int b) throws IOException {
                traffic.writing();
                try {
                    out.write(b);
                } finally {
                    traffic.writing();
                }
            }

            @Override
            public void write(byte[] from, int offset, int length) throws IOException {
                writes++;
                traffic.writing();
                try {
                    out.write(from, offset, length);
                } finally {
                    traffic.writing();
                }
            }
        };
    }
}
