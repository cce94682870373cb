package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the start script as it is shipped, and admin on. Prints its figures; for a machine that does nothing else meanwhile. */
@Tag("long")
class StartTimeTest {

    private static final int STARTS = 5;

    @TempDir
    Path directory;

    @Test
    void from_the_start_to_the_first_event_on_its_topic_it_takes_less_than_three_seconds() throws Exception {
        Shop shop = Shop.withOutbox();
        Topic topic = Topic.create(shop.topic("Order"), Map.of("message.timestamp.type", "LogAppendTime"));
        Path config = Shop.write(Admin.atFreePort().in(shop.yaml()));
        Path jar = jarOfClassPath();
        try (RunningStream first = new RunningStream(shop.yaml())) {
            StreamTest.awaitRelaying(first);
        }
        List<Long> millis = new ArrayList<>();
        List<Long> processorMillis = new ArrayList<>();
        List<Long> memory = new ArrayList<>();
        for (int start = 1; start <= STARTS; start++) {
            shop.event("Order", "1", "'1'");
            long before = System.currentTimeMillis();
            Process relay = start(jar, config);
            millis.add(topic.records(start).get(start - 1).timestamp() - before);
            processorMillis.add(
                    relay.info().totalCpuDuration().orElse(Duration.ZERO).toMillis());
            memory.add(residentMebibytes(relay));
            relay.destroy();
            assertThat(relay.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        System.out.printf(
                Locale.ROOT,
                "[guarantees] start to first event: %s ms; until it was seen: %s ms of processors, %s MiB resident%n",
                millis,
                processorMillis,
                memory);
        Collections.sort(millis);
        assertThat(millis.get(STARTS / 2)).isLessThan(3_000);
    }

    private Process start(Path jar, Path config) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        "sh", "src/main/dist/outbox-relay", "run", "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("relay.out").toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_OPTS", "OUTBOX_RELAY_OPTS"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("OUTBOX_RELAY_JAR", jar.toString());
        return builder.start();
    }

    /** The runnable jar is made after the tests; this one runs what goes into it. */
    private Path jarOfClassPath() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
        manifest.getMainAttributes()
                .put(
                        Attributes.Name.CLASS_PATH,
                        Stream.of(System.getProperty("java.class.path").split(System.getProperty("path.separator"), -1))
                                .map(entry -> Path.of(entry).toUri().toString())
                                .collect(Collectors.joining(" ")));
        Path jar = directory.resolve("outbox-relay.jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file, manifest)) {
            out.finish();
        }
        return jar;
    }

    /** As Linux has it; elsewhere 0. */
    private static long residentMebibytes(Process process) throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.isReadable(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
                .findFirst()
                .orElse(0);
    }
}
