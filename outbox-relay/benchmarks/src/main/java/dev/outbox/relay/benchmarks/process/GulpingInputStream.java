package dev.outbox.relay.benchmarks.process;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.locks.LockSupport;

/**
 * Stays away from the socket for a while if there is little in it, so that it fills and the server's sends coalesce. For a
 * stream that is behind, and only for that: each answer is late by the same while. Not thread safe.
 */
final class GulpingInputStream extends FilterInputStream {

    private static final int LITTLE = 64 * 1024;
    private static final long AWAY_NANOS = 10_000_000;

    private final byte[] buffer = new byte[256 * 1024];
    private int position;
    private int limit;

    GulpingInputStream(InputStream in) {
        super(in);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (position == limit && !fill()) {
            return -1;
        }
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        if (in.available() < LITTLE) {
            LockSupport.parkNanos(AWAY_NANOS);
        }
        int count = in.read(buffer);
        position = 0;
        limit = Math.max(0, count);
        return count > 0;
    }

    @Override
    public int available() throws IOException {
        return limit - position + in.available();
    }

    @Override
    public boolean markSupported() {
        return false;
    }
}
