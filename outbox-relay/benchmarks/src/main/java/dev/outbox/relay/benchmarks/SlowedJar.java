package dev.outbox.relay.benchmarks;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * The shipped jar with a relay that wastes time on each event: one sentence of its source is replaced, and compiled for the
 * occasion. It exists nowhere else.
 */
final class SlowedJar {

    static final String WHAT = "10 µs of busy waiting an event";

    private static final String FILE = "server/src/main/java/dev/outbox/relay/server/KafkaRecords.java";
    private static final String RIGHT = "List<RelayHeader> own = record.headers();";
    private static final String SLOW = """
            long end = System.nanoTime() + 10_000;
            while (System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            """ + RIGHT;

    private SlowedJar() {}

    /**
     * @param relay {@code outbox-relay} of the checkout
     * @param directory where the jar goes
     */
    static Path make(Path relay, Path directory) {
        try {
            Path shipped = shipped(relay.resolve("server/target"));
            Path source = directory.resolve("KafkaRecords.java");
            Path classes = directory.resolve("classes");
            Path slowed = directory.resolve("outbox-relay-slowed.jar");
            Files.createDirectories(classes);
            Files.writeString(source, slowed(Files.readString(relay.resolve(FILE))));
            compile(source, classes, shipped);
            Files.copy(shipped, slowed, StandardCopyOption.REPLACE_EXISTING);
            replace(classes, slowed);
            return slowed;
        } catch (IOException e) {
            throw new UncheckedIOException("The slowed relay can't be made: " + e.getMessage(), e);
        }
    }

    private static Path shipped(Path target) throws IOException {
        try (Stream<Path> files = Files.list(target)) {
            return files.filter(file -> file.getFileName().toString().matches("outbox-relay-.*-runnable\\.jar"))
                    .max(Comparator.comparingLong(jar -> jar.toFile().lastModified()))
                    .orElseThrow(() -> new IOException("there is no runnable jar in " + target));
        }
    }

    private static String slowed(String source) throws IOException {
        int at = source.indexOf(RIGHT);
        if (at < 0 || source.indexOf(RIGHT, at + 1) >= 0) {
            throw new IOException("expected '" + RIGHT + "' once in " + FILE + ", found it "
                    + (at < 0 ? "nowhere" : "more than once") + "; say anew where time is to be wasted");
        }
        return source.replace(RIGHT, SLOW);
    }

    private static void compile(Path source, Path classes, Path shipped) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IOException("expected a JDK, found a Java without a compiler; set JAVA_HOME to a JDK");
        }
        StringWriter output = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of(
                    "-proc:none", "-nowarn", "--release", "17", "-d", classes.toString(), "-cp", shipped.toString());
            if (!compiler.getTask(output, files, null, options, null, files.getJavaFileObjects(source))
                    .call()) {
                throw new IOException(output.toString());
            }
        }
    }

    private static void replace(Path classes, Path jar) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(jar);
                Stream<Path> compiled = Files.walk(classes)) {
            for (Path file : compiled.filter(Files::isRegularFile).toList()) {
                Files.copy(file, zip.getPath(classes.relativize(file).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
