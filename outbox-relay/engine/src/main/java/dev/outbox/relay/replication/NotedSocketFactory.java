package dev.outbox.relay.replication;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the sockets of replication connections. pgjdbc makes an instance by name (property {@code socketFactory}) with one
 * argument ({@code socketFactoryArg}): the name under which the connection's traffic is noted.
 */
public final class NotedSocketFactory extends SocketFactory {

    private static final Map<String, SocketTraffic> CONNECTING = new ConcurrentHashMap<>();

    private final SocketTraffic traffic;

    /** Called by pgjdbc, on a thread of its own. */
    public NotedSocketFactory(String name) {
        SocketTraffic known = CONNECTING.get(name);
        if (known == null) {
            throw new IllegalArgumentException("Expected the name of a connection that is being made, found " + name);
        }
        traffic = known;
    }

    /** What connects with a name for its traffic. */
    @FunctionalInterface
    interface Connecting<T> {
        T with(String name, SocketTraffic traffic);
    }

    /** Connects, with a name that is known meanwhile. */
    static <T> T during(Connecting<T> connecting) {
        String name = UUID.randomUUID().toString();
        SocketTraffic traffic = new SocketTraffic();
        CONNECTING.put(name, traffic);
        try {
            return connecting.with(name, traffic);
        } finally {
            CONNECTING.remove(name);
        }
    }

    @Override
    public Socket createSocket() {
        NotedSocket socket = new NotedSocket(traffic);
        traffic.opened(socket);
        return socket;
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    private Socket connected(InetSocketAddress address, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = createSocket();
        try {
            socket.bind(local);
            socket.connect(address);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
