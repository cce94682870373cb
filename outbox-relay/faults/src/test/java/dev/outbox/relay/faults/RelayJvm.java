package dev.outbox.relay.faults;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a relay's JVM is started: the shipped jar and flags, with the first compiler alone and, once it has been made, an
 * archive of the loaded classes, so that a start costs little. For any thread.
 */
final class RelayJvm {

    private static final String ARCHIVE = "-XX:SharedArchiveFile=";

    private final Path directory;
    private final Path archive;
    private @Nullable Path clockAgent;
    private volatile boolean archived;

    RelayJvm(Path directory) {
        this.directory = directory;
        this.archive = directory.resolve("relay.jsa");
    }

    /** @param heap its size, {@code 256m} */
    List<String> options(String heap) {
        List<String> options = new ArrayList<>(
                List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"));
        if (archived) {
            options.add(ARCHIVE + archive);
        }
        options.addAll(List.of("-cp", Settings.relayJar().toString()));
        return options;
    }

    /** With a wall clock that follows a file. */
    List<String> withClock(String heap, Path file) {
        List<String> options = options(heap);
        // The agent changes classes that the archive holds as they were, and the JVM ends over that.
        options.removeIf(option -> option.startsWith(ARCHIVE));
        options.add(0, "-javaagent:" + clockAgent() + "=" + file);
        return options;
    }

    /** With some classes in place of those in the jar. */
    List<String> withDefect(String heap, Defect defect) {
        List<String> options = options(heap);
        // The archive is of the jar's classes.
        options.removeIf(option -> option.startsWith(ARCHIVE));
        String classPath = defect.compiled(directory.resolve("defects")) + File.pathSeparator + Settings.relayJar();
        options.set(options.indexOf("-cp") + 1, classPath);
        return options;
    }

    private synchronized Path clockAgent() {
        if (clockAgent == null) {
            clockAgent = ClockAgent.jar(directory);
        }
        return clockAgent;
    }

    /** The options of a relay that writes the archive when it ends in order. */
    List<String> archiving() {
        List<String> options = options("256m");
        options.addAll(0, List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:disable", "-Xlog:all=error:stderr"));
        return options;
    }

    /** That relay has ended. */
    void archived() {
        archived = Files.exists(archive);
    }
}
