package dev.outbox.samples.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

final class Ports {

    private Ports() {}

    static int free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Another one: a port that is given back may be given out again at once. */
    static int freeBeside(int taken) throws IOException {
        int port = free();
        while (port == taken) {
            port = free();
        }
        return port;
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
