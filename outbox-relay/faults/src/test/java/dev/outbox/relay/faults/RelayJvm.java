package dev.outbox.relay.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a relay's JVM is started: the shipped jar and flags, with the first compiler alone and, once it has been made, an
 * archive of the loaded classes, so that a start costs little. For any thread.
 */
final class RelayJvm {

    private final Path archive;
    private volatile boolean archived;

    RelayJvm(Path directory) {
        this.archive = directory.resolve("relay.jsa");
    }

    /** @param heap its size, {@code 256m} */
    List<String> options(String heap) {
        List<String> options = new ArrayList<>(
                List.of("-Xmx" + heap, "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-XX:TieredStopAtLevel=1"));
        if (archived) {
            options.add("-XX:SharedArchiveFile=" + archive);
        }
        options.addAll(List.of("-cp", Settings.relayJar().toString()));
        return options;
    }

    /** The options of a relay that writes the archive when it ends in order. */
    List<String> archiving() {
        List<String> options = new ArrayList<>(options("256m"));
        options.addAll(0, List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
        return options;
    }

    /** That relay has ended. */
    void archived() {
        archived = Files.exists(archive);
    }
}
