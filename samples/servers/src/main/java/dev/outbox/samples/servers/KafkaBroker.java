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
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;

/**
 * A Kafka broker of its own process (KRaft, one node), in a temporary directory that goes when it is closed. It can be
 * stopped, killed and started again on the same port with what its log holds.
 *
 * <p>For use by one thread at a time.
 */
public final class KafkaBroker implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path directory;
    private final int port;
    private Process process;

    private KafkaBroker(Path directory, int port, Process process) {
        this.directory = directory;
        this.port = port;
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
        Ports.requireFree(wantedPort);
        try {
            Path directory = Files.createTempDirectory("outbox-broker");
            int port = wantedPort == 0 ? Ports.free() : wantedPort;
            int controllerPort = Ports.freeBeside(port);
            write(directory, port, controllerPort, properties);
            KafkaBroker broker = new KafkaBroker(directory, port, launch(directory));
            broker.awaitReady();
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("The broker did not start: " + e.getMessage(), e);
        }
    }

    private static void write(Path directory, int port, int controllerPort, Map<String, String> changed)
            throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("process.roles", "broker,controller");
        all.put("node.id", "1");
        all.put("controller.listener.names", "CONTROLLER");
        all.put("listeners", "PLAINTEXT://localhost:" + port + ",CONTROLLER://localhost:" + controllerPort);
        all.put("controller.quorum.bootstrap.servers", "localhost:" + controllerPort);
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
        Files.writeString(directory.resolve("log4j2.properties"), """
                rootLogger.level = warn
                rootLogger.appenderRef.stdout.ref = stdout
                appender.stdout.type = Console
                appender.stdout.name = stdout
                appender.stdout.layout.type = PatternLayout
                appender.stdout.layout.pattern = %d %-5level %logger{1} %msg%n
                """);
    }

    private static Process launch(Path directory) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
        // A test's JVM that is not worth optimizing has a broker that isn't either.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("-XX:TieredStopAtLevel="))
                .forEach(command::add);
        command.add("-Djava.io.tmpdir=" + directory);
        command.add("-Dlog4j2.configurationFile=" + directory.resolve("log4j2.properties"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), BrokerMain.class.getName()));
        command.add(directory.resolve("server.properties").toString());
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
                    if (!admin.describeCluster()
                            .nodes()
                            .get(5, TimeUnit.SECONDS)
                            .isEmpty()) {
                        return;
                    }
                } catch (ExecutionException | java.util.concurrent.TimeoutException | KafkaException e) {
                    requireAlive(deadline, e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("Interrupted while the broker was starting.", e);
                }
            }
        }
    }

    private void requireAlive(long deadline, Exception cause) {
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
            process = launch(directory);
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
