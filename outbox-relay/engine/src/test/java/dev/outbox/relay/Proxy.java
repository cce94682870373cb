package dev.outbox.relay;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Forwards connections to a port of this host, and can become a black hole that closes nothing. */
final class Proxy implements AutoCloseable {

    private final ServerSocket listening;
    private final int target;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean swallowing;
    private volatile int accepted;
    private volatile int forgotten;
    private volatile long forwardAtMost = Long.MAX_VALUE;

    private Proxy(ServerSocket listening, int target) {
        this.listening = listening;
        this.target = target;
    }

    static Proxy to(int target) {
        try {
            Proxy proxy = new Proxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
            run(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return listening.getLocalPort();
    }

    /** From now on nothing is forwarded in either direction, and nothing is read. */
    void swallow() {
        swallowing = true;
    }

    /** The same for the connections that are open now; later ones are forwarded. */
    void forget() {
        forgotten = accepted;
    }

    /** From the server no more than so many further bytes are forwarded, over all connections. */
    void forwardAtMost(long bytes) {
        forwardAtMost = bytes;
    }

    private void accept() {
        try {
            while (!listening.isClosed()) {
                Socket client = listening.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                sockets.add(client);
                sockets.add(server);
                int number = accepted;
                accepted = number + 1;
                run(() -> forward(client, server, number, false));
                run(() -> forward(server, client, number, true));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void forward(Socket from, Socket to, int number, boolean counted) {
        byte[] bytes = new byte[8192];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = read(in, bytes); read >= 0; read = read(in, bytes)) {
                int passed = counted ? allowed(read) : read;
                if (isLost(number)) {
                    waitForClose();
                }
                out.write(bytes, 0, passed);
                if (passed < read) {
                    swallowing = true;
                }
            }
            if (isLost(number)) {
                waitForClose();
            }
        } catch (IOException e) {
            // the other side has closed
        }
    }

    /** A reset is an end as well. */
    private static int read(InputStream in, byte[] bytes) {
        try {
            return in.read(bytes);
        } catch (IOException e) {
            return -1;
        }
    }

    private boolean isLost(int number) {
        return swallowing || number < forgotten;
    }

    private synchronized int allowed(int read) {
        int passed = (int) Math.min(read, forwardAtMost);
        forwardAtMost -= passed;
        return passed;
    }

    private synchronized void waitForClose() {
        try {
            while (!listening.isClosed()) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void run(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        synchronized (this) {
            notifyAll();
        }
    }
}
