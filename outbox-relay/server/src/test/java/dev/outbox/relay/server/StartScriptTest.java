package dev.outbox.relay.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The start script, with a java that prints what it is given. */
class StartScriptTest {

    @TempDir
    Path directory;

    private Path script;
    private Path javaHome;

    @BeforeEach
    void install() throws IOException {
        script = Files.createDirectories(directory.resolve("a place/bin")).resolve("outbox-relay");
        Files.copy(Path.of("src/main/dist/outbox-relay"), script);
        executable(script);
        javaHome = fakeJava("17.0.9");
    }

    @Test
    void it_runs_the_jar_beside_it_from_anywhere_and_through_links() throws Exception {
        Path jar = Files.createFile(script.resolveSibling("outbox-relay-1.2.3-runnable.jar"));
        Path link = Files.createSymbolicLink(directory.resolve("first"), directory.relativize(script));
        Path linkToLink = Files.createSymbolicLink(directory.resolve("second"), link);

        assertThat(run(linkToLink, Map.of(), "run", "--config", "a b.yaml").lines())
                .containsSequence("-jar", jar.toRealPath().toString(), "run", "--config", "a b.yaml");
    }

    @Test
    void it_finds_the_jar_of_a_checkout() throws Exception {
        Path dist = Files.createDirectories(directory.resolve("server/src/main/dist"));
        Path inCheckout = Files.copy(script, dist.resolve("outbox-relay"));
        Files.createDirectories(directory.resolve("server/target"));
        Files.createFile(directory.resolve("server/target/outbox-relay-1-runnable.jar"));

        assertThat(run(inCheckout, Map.of())).contains("/target/outbox-relay-1-runnable.jar");
    }

    @Test
    void further_options_come_after_its_own() throws Exception {
        Files.createFile(script.resolveSibling("outbox-relay-1-runnable.jar"));

        assertThat(run(script, Map.of("JAVA_OPTS", "-Da=1 -Db=2", "OUTBOX_RELAY_OPTS", "-Xmx1g"))
                        .lines())
                .containsSubsequence("-Xmx256m", "-XX:+ExitOnOutOfMemoryError", "-Da=1", "-Db=2", "-Xmx1g", "-jar");
    }

    @Test
    void a_missing_jar_is_one_sentence() throws Exception {
        assertThat(fail(Map.of())).contains("found none. Build it with: mvn ");
    }

    @Test
    void an_old_java_is_one_sentence() throws Exception {
        javaHome = fakeJava("11.0.20");
        assertThat(fail(Map.of())).contains("expected Java 17 or newer, found 11.0.20 at ");

        javaHome = fakeJava("1.8.0_382");
        assertThat(fail(Map.of())).contains("expected Java 17 or newer, found 1.8.0_382 at ");
    }

    @Test
    void a_java_home_without_java_is_one_sentence() throws Exception {
        javaHome = directory.resolve("nowhere");
        assertThat(fail(Map.of())).contains("expected a Java at JAVA_HOME, found no executable ");
    }

    private String fail(Map<String, String> environment) throws Exception {
        String output = run(1, script, environment);
        assertThat(output.lines()).singleElement().asString().startsWith("outbox-relay: ");
        return output;
    }

    private String run(Path script, Map<String, String> environment, String... arguments) throws Exception {
        return run(0, script, environment, arguments);
    }

    private String run(int exitCode, Path script, Map<String, String> environment, String... arguments)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", script.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .directory(Path.of("/").toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_OPTS", "OUTBOX_RELAY_OPTS", "OUTBOX_RELAY_JAR"));
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(exitCode);
        return output;
    }

    private Path fakeJava(String version) throws IOException {
        Path home = Files.createDirectories(directory.resolve("java " + version));
        Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
        Files.writeString(
                java,
                "#!/bin/sh\n"
                        + "[ \"$1\" != -version ] || { echo 'openjdk version \"" + version
                        + "\" 2023-10-17' >&2; exit; }\n"
                        + "printf '%s\\n' \"$@\"\n");
        executable(java);
        return home;
    }

    private static void executable(Path file) {
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
