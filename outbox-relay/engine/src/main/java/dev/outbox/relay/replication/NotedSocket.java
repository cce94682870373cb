package dev.outbox.relay.replication;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/** A socket that notes when something arrives, and while something is written. */
final class NotedSocket extends Socket {

    private final SocketTraffic traffic;

    NotedSocket(SocketTraffic traffic) {
        this.traffic = traffic;
    }

    /** The bytes that have arrived and were not read. */
    int unread() throws IOException {
        return super.getInputStream().available();
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                int read = in.read();
                traffic.received();
                return read;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int read = in.read(into, offset, length);
                traffic.received();
                return read;
            }
        };
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
