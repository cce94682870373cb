package dev.outbox.samples.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;

final class Ports {

    private static final int LOWEST = 10_000;
    private static final int HIGHEST = 32_000;
    private static final int TRIES = 1_000;
    private static final Random RANDOM = new Random();
    private static final Set<Integer> GIVEN = new HashSet<>();

    private Ports() {}

    /**
     * A free port below those that the system gives to connections: a server that is down for a while finds it free when it
     * comes back. No port is given twice in a JVM.
     */
    static synchronized int free() {
        for (int tries = 0; tries < TRIES; tries++) {
            int port = LOWEST + RANDOM.nextInt(HIGHEST - LOWEST);
            if (!GIVEN.contains(port) && isFree(port)) {
                GIVEN.add(port);
                return port;
            }
        }
        throw new IllegalStateException(
                "No free port found between " + LOWEST + " and " + HIGHEST + " in " + TRIES + " tries.");
    }

    private static boolean isFree(int port) {
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Sees that nobody listens on a port, 0 being free always: our server would fail there, and its clients would talk to
     * somebody else's.
     *
     * @throws IllegalStateException if somebody does
     */
    static void requireFree(int port) {
        if (port == 0) {
            return;
        }
        try {
            new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "port " + port + " is in use; end what listens there, or give another port", e);
        }
    }
}
