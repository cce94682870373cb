package dev.outbox.relay.server.admin;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.AdminConfig;
import dev.outbox.relay.server.metrics.RelayMetrics;
import dev.outbox.relay.server.status.ManagedStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Listens for those who run the relay, and those who watch it. */
public final class AdminServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(AdminServer.class);

    private static final int THREADS = 8;
    private static final int BACKLOG = 64;

    /** Of the JDK's server, which reads them once; in seconds, but for the number of connections. */
    private static final Map<String, String> BOUNDS = Map.of(
            "sun.net.httpserver.maxReqTime", "5",
            "sun.net.httpserver.maxRspTime", "30",
            "sun.net.httpserver.idleInterval", "30",
            "jdk.httpserver.maxConnections", "64");

    private final HttpServer server;
    private final ThreadPoolExecutor threads;
    private final List<? extends ManagedStream> streams;
    private @Nullable RelayMetrics metrics;

    private AdminServer(AdminConfig config, HttpServer server, List<? extends ManagedStream> streams) {
        this.server = server;
        this.streams = streams;
        threads = threads();
        Routes routes = new Routes(streams, this::metrics, new Bearer(config.token()), hostName() + ":" + port());
        server.setExecutor(threads);
        server.createContext("/", new AdminHandler(routes::answer));
    }

    /**
     * Listens from now on.
     *
     * @throws RelayException if the address can't be had, or the key store can't be read
     */
    public static AdminServer start(AdminConfig config, List<? extends ManagedStream> streams) {
        BOUNDS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
            }
        });
        AdminServer started = new AdminServer(config, bind(config), streams);
        started.server.start();
        log.info(
                "Answers at {}://{}:{}{}.",
                config.tls().isPresent() ? "https" : "http",
                config.host(),
                started.port(),
                config.token().isPresent() ? "" : ", to questions only: no admin.token is set");
        return started;
    }

    private static HttpServer bind(AdminConfig config) {
        InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
        try {
            if (config.tls().isEmpty()) {
                return HttpServer.create(address, BACKLOG);
            }
            HttpsConfigurator tls =
                    new HttpsConfigurator(TlsContext.of(config.tls().get()));
            HttpsServer server = HttpsServer.create(address, BACKLOG);
            server.setHttpsConfigurator(tls);
            return server;
        } catch (IOException e) {
            throw new RelayException(
                    "Expected to listen at " + config.host() + ":" + config.port()
                            + " (admin.host, admin.port), found: " + e.getMessage()
                            + ". Name another port, or end what listens there.",
                    false,
                    e);
        }
    }

    private static ThreadPoolExecutor threads() {
        AtomicInteger count = new AtomicInteger();
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                THREADS, THREADS, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(2 * BACKLOG), task -> {
                    Thread thread = new Thread(task, "admin-" + count.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Made when they are first asked for, for it takes some tenths of a second. */
    private synchronized RelayMetrics metrics() {
        if (metrics == null) {
            metrics = new RelayMetrics(streams);
        }
        return Objects.requireNonNull(metrics);
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }

    /** The port that it listens at. */
    public int port() {
        return server.getAddress().getPort();
    }

    /** Ends at once; what is being answered is cut off. */
    @Override
    public synchronized void close() {
        server.stop(0);
        threads.shutdownNow();
        if (metrics != null) {
            metrics.close();
        }
    }
}
