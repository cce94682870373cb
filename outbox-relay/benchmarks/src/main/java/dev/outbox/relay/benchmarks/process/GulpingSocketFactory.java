package dev.outbox.relay.benchmarks.process;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Makes sockets that are read {@linkplain GulpingInputStream in gulps}; pgjdbc finds it by its name. */
public final class GulpingSocketFactory extends SocketFactory {

    @Override
    public Socket createSocket() {
        return new GulpingSocket();
    }

    @Override
    public Socket createSocket(String host, int port) {
        throw unconnected();
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) {
        throw unconnected();
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw unconnected();
    }

    @Override
    public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort) {
        throw unconnected();
    }

    private static UnsupportedOperationException unconnected() {
        return new UnsupportedOperationException("the driver connects its sockets itself");
    }

    private static final class GulpingSocket extends Socket {

        private InputStream input = InputStream.nullInputStream();

        @Override
        public synchronized InputStream getInputStream() throws IOException {
            if (!(input instanceof GulpingInputStream)) {
                input = new GulpingInputStream(super.getInputStream());
            }
            return input;
        }
    }
}
