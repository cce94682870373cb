package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The network between a relay and one server: a TCP proxy on a port that stays, whatever is behind it. It passes bytes on
 * until it is told to do something else, and does so until it is {@link #heal healed}. For any thread.
 */
final class Link implements AutoCloseable {

    private final ServerSocket server;
    private final List<LinkConnection> connections = new CopyOnWriteArrayList<>();
    private final Weather weather;
    private final AtomicLong toServer = new AtomicLong();
    private volatile int target;
    private volatile boolean refusing;

    /** @param random decides which bytes are late, where some are */
    Link(Random random) {
        weather = new Weather(random);
        try {
            server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Threads.start("link", this::accept);
    }

    int port() {
        return server.getLocalPort();
    }

    /** Where new connections lead to. */
    void leadTo(int port) {
        target = port;
    }

    /** How many bytes have been passed on to servers so far. */
    long passedToServer() {
        return toServer.get();
    }

    /** Ends all open connections with a reset on both sides; new ones get through. */
    void reset() {
        connections.forEach(LinkConnection::reset);
    }

    /** Nothing gets through in either direction, and nobody is told; new connections are taken and stay silent. */
    void blackHole() {
        weather.stop();
    }

    /** Ends the servers' side of all open connections; the relay's side stays open and silent for good. New ones get through. */
    void halfOpen() {
        connections.forEach(LinkConnection::loseServer);
    }

    /** Ends the relay's side of all open connections; the servers' side stays open and silent. New ones get through. */
    void orphan() {
        connections.forEach(LinkConnection::loseRelay);
    }

    /** Everything arrives later, in both directions. */
    void delay(Duration by) {
        weather.delay(by);
    }

    /** One of a hundred bytes waits for so long before it is passed on, and those behind it wait with it. */
    void delaySome(Duration by) {
        weather.delaySome(by);
    }

    /** What the relay sends passes at this rate at most. */
    void limit(int bytesPerSecond) {
        weather.limit(bytesPerSecond);
    }

    /** New connections are reset at once, as the open ones are. */
    void refuse() {
        refusing = true;
        reset();
    }

    /** As it was at first. What a black hole has held is passed on. */
    void heal() {
        refusing = false;
        weather.clear();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                client.setTcpNoDelay(true);
                client.setSendBufferSize(LinkConnection.BUFFER);
                LinkConnection connection = new LinkConnection(client, weather, toServer, connections::remove);
                connections.add(connection);
                if (refusing) {
                    connection.reset();
                } else {
                    connection.open(target);
                }
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        heal();
        reset();
    }
}
