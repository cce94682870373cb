package dev.outbox.relay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs the relay's jar, as the benchmark does. */
class SlowedJarTest {

    @TempDir
    private Path directory;

    @Test
    void one_class_of_the_shipped_jar_is_another() throws IOException {
        Path slowed = SlowedJar.make(Path.of(".."), directory);

        try (JarFile jar = new JarFile(slowed.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Main-Class"))
                    .isNotNull();
            byte[] spoilt = jar.getInputStream(jar.getEntry("dev/outbox/relay/server/KafkaRecords.class"))
                    .readAllBytes();
            assertThat(new String(spoilt, StandardCharsets.ISO_8859_1)).contains("onSpinWait");
        }
    }
}
