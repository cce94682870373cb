package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection through a {@link Link}: in each direction a thread that reads and one that passes on. */
final class LinkConnection {

    /** Little: what is on its way here is what neither side can take back. */
    static final int BUFFER = 64 * 1024;

    private static final int READ_SIZE = 64 * 1024;
    private static final int CHUNKS = 8;

    private final Socket relay;
    private final Weather weather;
    private final AtomicLong toServer;
    private final Consumer<LinkConnection> ended;
    private volatile @Nullable Socket server;
    private volatile boolean serverGone;
    private volatile boolean relayGone;

    private record Chunk(byte[] bytes, int length, long cameAtNanos) {}

    LinkConnection(Socket relay, Weather weather, AtomicLong toServer, Consumer<LinkConnection> ended) {
        this.relay = relay;
        this.weather = weather;
        this.toServer = toServer;
        this.ended = ended;
    }

    /** Connects to the server, once the weather lets anything through. */
    void open(int port) {
        Threads.start("link-open", () -> {
            try {
                weather.await(System.nanoTime());
                Socket opened = new Socket();
                opened.setReceiveBufferSize(BUFFER);
                opened.setTcpNoDelay(true);
                opened.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                server = opened;
                pass(relay, opened, true);
                pass(opened, relay, false);
            } catch (IOException | InterruptedException e) {
                // Nobody listens there.
                reset();
            }
        });
    }

    private void pass(Socket from, Socket to, boolean fromRelay) {
        BlockingQueue<Chunk> chunks = new ArrayBlockingQueue<>(CHUNKS);
        Threads.start("link-read", () -> read(from, chunks));
        Threads.start("link-write", () -> write(chunks, to, fromRelay));
    }

    private static void read(Socket from, BlockingQueue<Chunk> chunks) {
        byte[] buffer = new byte[READ_SIZE];
        int read = 0;
        try {
            while (read >= 0) {
                read = read(from, buffer);
                chunks.put(new Chunk(Arrays.copyOf(buffer, Math.max(0, read)), read, System.nanoTime()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A reset is an end, too. */
    private static int read(Socket from, byte[] buffer) {
        try {
            return from.getInputStream().read(buffer);
        } catch (IOException e) {
            return -1;
        }
    }

    /** Takes until the end whatever happens, so that the one who reads never waits for room in vain. */
    private void write(BlockingQueue<Chunk> chunks, Socket to, boolean fromRelay) {
        boolean broken = false;
        try {
            for (Chunk chunk = chunks.take(); chunk.length >= 0; chunk = chunks.take()) {
                weather.await(chunk.cameAtNanos);
                broken = broken || isHalf() || !passed(chunk, to, fromRelay);
            }
            weather.await(System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Whoever was not told that the other has gone goes on.
        boolean cutOff = fromRelay ? relayGone : serverGone;
        if (!cutOff) {
            close();
        }
    }

    private boolean passed(Chunk chunk, Socket to, boolean fromRelay) {
        try {
            write(chunk, to.getOutputStream(), fromRelay);
            if (fromRelay) {
                toServer.addAndGet(chunk.length);
            }
            return true;
        } catch (IOException e) {
            if (!isHalf()) {
                close();
            }
            return false;
        }
    }

    private void write(Chunk chunk, OutputStream out, boolean fromRelay) throws IOException {
        for (int offset = 0; offset < chunk.length; ) {
            int piece = weather.piece(chunk.length - offset, fromRelay);
            weather.awaitPiece(piece, fromRelay);
            out.write(chunk.bytes, offset, piece);
            offset += piece;
        }
    }

    /** Both sides get a reset. */
    void reset() {
        resetSocket(relay);
        resetSocket(server);
        ended.accept(this);
    }

    /** The server's side is reset; the relay hears nothing of it. */
    void loseServer() {
        serverGone = true;
        resetSocket(server);
    }

    /** The relay's side is reset; the server hears nothing of it. */
    void loseRelay() {
        relayGone = true;
        resetSocket(relay);
    }

    private boolean isHalf() {
        return serverGone || relayGone;
    }

    private void close() {
        closeSocket(relay);
        closeSocket(server);
        ended.accept(this);
    }

    private static void resetSocket(@Nullable Socket socket) {
        if (socket != null && !socket.isClosed()) {
            try {
                socket.setSoLinger(true, 0);
            } catch (IOException e) {
                // It was closed meanwhile.
            }
            closeSocket(socket);
        }
    }

    private static void closeSocket(@Nullable Socket socket) {
        if (socket != null) {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
