package dev.outbox.relay.replication;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A socket that notes when something arrives, and while something is written; and that can be listened to. */
final class NotedSocket extends Socket {

    private static final int NOTHING = -2;
    private static final int END = -1;

    private final SocketTraffic traffic;
    private @Nullable InputStream input;

    /** What was heard and not read yet: a byte, the end, or nothing. */
    private volatile int heard = NOTHING;

    NotedSocket(SocketTraffic traffic) {
        this.traffic = traffic;
    }

    /** The bytes that have arrived and were not read. */
    int unread() throws IOException {
        return super.getInputStream().available() + (heard == NOTHING ? 0 : 1);
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

    @Override
    public synchronized InputStream getInputStream() throws IOException {
        InputStream current = input;
        if (current == null) {
            current = new NotedInput(super.getInputStream());
            input = current;
        }
        return current;
    }

    private final class NotedInput extends FilterInputStream {

        NotedInput(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int before = heard;
            if (before != NOTHING) {
                heard = before == END ? END : NOTHING;
                return before;
            }
            int read = in.read();
            traffic.received();
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (heard != NOTHING && length > 0) {
                return readHeard(into, offset, length);
            }
            int read = in.read(into, offset, length);
            traffic.received();
            return read;
        }

        private int readHeard(byte[] into, int offset, int length) throws IOException {
            int first = read();
            if (first == END) {
                return END;
            }
            into[offset] = (byte) first;
            int more = Math.min(in.available(), length - 1);
            return more > 0 ? 1 + Math.max(0, in.read(into, offset + 1, more)) : 1;
        }

        @Override
        public long skip(long count) throws IOException {
            if (heard == NOTHING) {
                return in.skip(count);
            }
            return count > 0 && read() != END ? 1 : 0;
        }

        @Override
        public int available() throws IOException {
            return unread();
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
