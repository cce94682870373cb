package dev.outbox.samples.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker of its own process (KRaft), in a temporary directory that goes when it is closed: a cluster of one node,
 * or of {@link #another} as well. It can be stopped, killed and started again on the same port with what its log holds.
 *
 * <p>For use by one thread at a time.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final Path directory;
    private final int port;
    private final int proxiedPort;
    private final String clusterId;
    private final Map<String, String> properties;
    private Process process;

    private KafkaBroker(
            Path directory,
            int port,
            int proxiedPort,
            String clusterId,
            Map<String, String> properties,
            Process process) {
        this.directory = directory;
        this.port = port;
        this.proxiedPort = proxiedPort;
        this.clusterId = clusterId;
        this.properties = properties;
        this.process = process;
    }

    /** Starts a broker on a free port; returns when it answers. */
    public static KafkaBroker start() {
        return start(Map.of());
    }

    /** Starts a broker on a free port, with some of its properties changed. */
    public static KafkaBroker start(Map<String, String> properties) {
        return start(0, properties);
    }

    /**
     * Starts a broker on a given port, 0 for a free one, with some of its properties changed.
     *
     * @throws IllegalStateException if the port is in use, or the broker does not answer
     */
    public static KafkaBroker start(int wantedPort, Map<String, String> properties) {
        return start(wantedPort, 0, properties);
    }

    /**
     * Starts a broker with a second listener, whose clients are told to reach the broker at the port of a proxy.
     *
     * @param proxyPort where the proxy listens; it forwards to {@link #proxiedPort}
     */
    public static KafkaBroker behind(int proxyPort, Map<String, String> properties) {
        return start(0, proxyPort, properties);
    }

    private static KafkaBroker start(int wantedPort, int proxyPort, Map<String, String> properties) {
        Ports.requireFree(wantedPort);
        int port = wantedPort == 0 ? Ports.free() : wantedPort;
        int controllerPort = Ports.free();
        int proxiedPort = Ports.free();
        Map<String, String> all = new LinkedHashMap<>(listeners(port, controllerPort, proxiedPort, proxyPort));
        all.put("controller.quorum.bootstrap.servers", "localhost:" + controllerPort);
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.putAll(properties);
        return start(port, proxiedPort, Uuid.randomUuid().toString(), all);
    }

    private static KafkaBroker start(int port, int proxiedPort, String clusterId, Map<String, String> properties) {
        try {
            Path directory = Files.createTempDirectory("outbox-broker");
            write(directory, properties);
            KafkaBroker broker =
                    new KafkaBroker(directory, port, proxiedPort, clusterId, properties, launch(directory, clusterId));
            broker.awaitReady();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("The broker did not start: " + e.getMessage(), e);
        }
    }

    /**
     * Starts another broker of this one's cluster, with the same properties, for topics of two replicas. It holds no metadata:
     * this one has to run.
     *
     * @throws IllegalStateException if it does not answer
     */
    public KafkaBroker another() {
        int port = Ports.free();
        int proxiedPort = Ports.free();
        Map<String, String> all = new LinkedHashMap<>(properties);
        // Nobody's proxy leads to it: the second listener is there because clients of the first one's ask for its like.
        all.putAll(listeners(port, 0, proxiedPort, all.containsKey("advertised.listeners") ? proxiedPort : 0));
        all.put("process.roles", "broker");
        all.put("node.id", "2");
        return start(port, proxiedPort, clusterId, all);
    }

    private static Map<String, String> listeners(int port, int controllerPort, int proxiedPort, int proxyPort) {
        Map<String, String> listeners = new LinkedHashMap<>();
        listeners.put("controller.listener.names", "CONTROLLER");
        String own = "PLAINTEXT://localhost:" + port;
        String controller = controllerPort == 0 ? "" : ",CONTROLLER://localhost:" + controllerPort;
        if (proxyPort == 0) {
            listeners.put("listeners", own + controller);
        } else {
            listeners.put("listeners", own + ",PROXIED://localhost:" + proxiedPort + controller);
            listeners.put("advertised.listeners", own + ",PROXIED://localhost:" + proxyPort);
            listeners.put(
                    "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT");
        }
        return listeners;
    }

    private static void write(Path directory, Map<String, String> changed) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("log.dirs", directory.resolve("log").toString());
        all.put("num.partitions", "3");
        all.put("auto.create.topics.enable", "false");
        all.put("offsets.topic.replication.factor", "1");
        all.put("offsets.topic.num.partitions", "4");
        all.put("transaction.state.log.replication.factor", "1");
        all.put("transaction.state.log.min.isr", "1");
        all.put("transaction.state.log.num.partitions", "4");
        all.put("share.coordinator.state.topic.replication.factor", "1");
        all.put("share.coordinator.state.topic.min.isr", "1");
        all.put("group.initial.rebalance.delay.ms", "0");
        // One node need not wait for others: without these, a killed broker is let in again after nine seconds.
        all.put("broker.session.timeout.ms", "1000");
        all.put("broker.heartbeat.interval.ms", "100");
        all.putAll(changed);
        Properties properties = new Properties();
        properties.putAll(all);
        try (var out = Files.newBufferedWriter(directory.resolve("server.properties"))) {
            properties.store(out, null);
        }
        Files.writeString(directory.resolve("logback.xml"), """
                <configuration>
                    <statusListener class="ch.qos.logback.core.status.NopStatusListener"/>
                    <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                        <encoder><pattern>%d %-5level %logger{1} %msg%n</pattern></encoder>
                    </appender>
                    <logger name="kafka.coordinator.transaction.TransactionMarkerChannelManager" level="INFO"/>
                    <root level="WARN"><appender-ref ref="out"/></root>
                </configuration>
                """);
    }

    private static Process launch(Path directory, String clusterId) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
        // A test's JVM that is not worth optimizing has a broker that isn't either.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-XX:TieredStopAtLevel="))
                .forEach(command::add);
        command.add("-Djava.io.tmpdir=" + directory);
        command.add("-Dlogback.configurationFile=" + directory.resolve("logback.xml"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BrokerMain.class.getName()));
        command.add(directory.resolve("server.properties").toString());
        command.add(clusterId);
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("broker.out").toFile()))
                .start();
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers(), "retry.backoff.ms", "50"))) {
            while (true) {
                try {
                    if (admin.describeCluster().nodes().get(5, TimeUnit.SECONDS).stream()
                            .anyMatch(node -> node.idString().equals(properties.get("node.id")))) {
                        return;
                    }
                    requireAlive(deadline, null);
                    LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
                } catch (ExecutionException | java.util.concurrent.TimeoutException | KafkaException e) {
                    requireAlive(deadline, e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("Interrupted while the broker was starting.", e);
                }
            }
        }
    }

    private void requireAlive(long deadline, @Nullable Exception cause) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
            String output = output();
            close();
            throw new IllegalStateException("The broker did not answer; it printed:\n" + output, cause);
        }
    }

    /** What a client connects to. */
    public String bootstrapServers() {
        return "localhost:" + port;
    }

    /** The port of the second listener, for the proxy alone. */
    public int proxiedPort() {
        return proxiedPort;
    }

    /** What the broker has printed so far. */
    public String output() {
        try {
            return Files.readString(directory.resolve("broker.out"));
        } catch (IOException e) {
            return "(its output can't be read: " + e.getMessage() + ")";
        }
    }

    /** Ends the process in order (SIGTERM); the log stays. */
    public void stop() {
        process.destroy();
        await();
    }

    /** Ends the process at once (SIGKILL); the log stays. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Starts the process again, on the same port and log; returns when it answers. */
    public void restart() {
        try {
            process = launch(directory, clusterId);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    /** The running process, for tests that stop and continue it. */
    public long pid() {
        return process.pid();
    }

    /** Ends the process and deletes its log. */
    @Override
    public void close() {
        kill();
        Directories.delete(directory);
    }

    private void await() {
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
