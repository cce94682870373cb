package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The images' definitions, held against the build. */
class DockerfileTest {

    private static final Path SERVER = Path.of("").toAbsolutePath();
    private static final Path IMAGE = SERVER.resolve("src/main/dist/Dockerfile");

    @Test
    void the_image_runs_the_start_script_on_a_jre_as_nobody_in_particular() {
        Dockerfile image = Dockerfile.read(IMAGE);

        assertThat(String.join(" ", image.names()))
                .isEqualTo("FROM RUN COPY COPY USER EXPOSE STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD");
        assertThat(image.last("FROM")).isEqualTo("eclipse-temurin:17-jre");
        assertThat(image.last("USER")).isEqualTo("10001:10001");
        assertThat(image.last("RUN")).contains("--uid 10001").contains("--gid 10001");
        assertThat(Dockerfile.words(image.last("ENTRYPOINT"))).containsExactly("/opt/outbox-relay/outbox-relay");
        assertThat(Dockerfile.words(image.last("CMD")))
                .containsExactly("run", "--config", "/etc/outbox-relay/relay.yaml");
        assertThat(image.last("HEALTHCHECK"))
                .endsWith("\"http://localhost:" + image.last("EXPOSE") + "/health/ready\"]");
    }

    @Test
    void what_the_image_copies_is_what_the_build_makes() throws IOException {
        assertThat(Dockerfile.read(IMAGE).sources())
                .containsExactly("src/main/dist/outbox-relay", "target/outbox-relay-*-runnable.jar");
        assertThat(SERVER.resolve("src/main/dist/outbox-relay")).isExecutable();
        assertThat(Files.readString(SERVER.resolve("pom.xml")))
                .contains(
                        "<artifactId>outbox-relay</artifactId>",
                        "<shadedClassifierName>runnable</shadedClassifierName>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"writer", "reader"})
    void what_a_samples_image_copies_is_what_its_build_makes(String sample) throws IOException {
        Dockerfile image = Dockerfile.read(ComposeFile.DIRECTORY.resolve("Dockerfile"));
        String pom = Files.readString(ComposeFile.DIRECTORY.resolve("../" + sample + "/pom.xml"));

        assertThat(String.join(" ", image.names())).isEqualTo("FROM ARG COPY COPY USER ENTRYPOINT");
        assertThat(image.sources())
                .containsExactly("${SAMPLE}/target/lib", "${SAMPLE}/target/outbox-sample-${SAMPLE}.jar");
        assertThat(pom)
                .contains(
                        "<finalName>outbox-sample-" + sample + "</finalName>",
                        "<classpathPrefix>lib/</classpathPrefix>",
                        "<outputDirectory>${project.build.directory}/lib</outputDirectory>");
    }
}
