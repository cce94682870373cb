package dev.outbox.jpa.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.concurrent.atomic.LongAdder;
import javax.net.SocketFactory;

/**
 * Counts what the driver really sends, whoever called it: the statements that the server is to execute, and how often
 * somebody waits for it. pgjdbc makes one for each connection, as its connection property {@code socketFactory} says.
 */
public final class Wire extends SocketFactory {

    private static final LongAdder STATEMENTS = new LongAdder();
    private static final LongAdder ROUND_TRIPS = new LongAdder();

    /** Called by pgjdbc. */
    public Wire() {}

    /** What all connections have sent so far. */
    static Count count() {
        return new Count(STATEMENTS.sum(), ROUND_TRIPS.sum());
    }

    record Count(long statements, long roundTrips) {

        Count since(Count earlier) {
            return new Count(statements - earlier.statements, roundTrips - earlier.roundTrips);
        }
    }

    @Override
    public Socket createSocket() {
        return new Socket() {
            @Override
            public OutputStream getOutputStream() throws IOException {
                return new Counting(super.getOutputStream());
            }
        };
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw new UnsupportedOperationException("pgjdbc connects the socket itself");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw new UnsupportedOperationException("pgjdbc connects the socket itself");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new UnsupportedOperationException("pgjdbc connects the socket itself");
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw new UnsupportedOperationException("pgjdbc connects the socket itself");
    }

    /** Reads the frontend's messages (PostgreSQL manual, chapter "Message Formats"): a type byte, then an int32 length. */
    private static final class Counting extends OutputStream {

        private static final int HEADER = 5;

        private final OutputStream out;
        private int inHeader = 1; // The startup message has no type.
        private int length;
        private int bodyLeft;
        private boolean pending;

        Counting(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            int at = offset;
            while (at < offset + count) {
                if (bodyLeft > 0) {
                    int skipped = Math.min(bodyLeft, offset + count - at);
                    bodyLeft -= skipped;
                    at += skipped;
                } else {
                    header(bytes[at++]);
                }
            }
            pending = true;
            out.write(bytes, offset, count);
        }

        private void header(byte b) {
            if (inHeader == 0) {
                if (b == 'E' || b == 'Q') {
                    STATEMENTS.increment();
                }
                length = 0;
            } else {
                length = length << 8 | (b & 0xff);
            }
            if (++inHeader == HEADER) {
                inHeader = 0;
                bodyLeft = length - Integer.BYTES;
            }
        }

        @Override
        public void flush() throws IOException {
            out.flush();
            if (pending) {
                ROUND_TRIPS.increment();
                pending = false;
            }
        }
    }
}
