package dev.outbox.relay.faults;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be set from outside, {@code -Dfaults.rounds=…}. The build sets what it knows. */
final class Settings {

    /** How long anything may take that is waited for. */
    static final Duration PATIENCE = Duration.ofSeconds(Integer.getInteger("faults.patience", 60));

    private static final long SEED = Long.getLong("faults.seed", System.nanoTime() & 0xFFFFFFFFL);

    private Settings() {}

    /** How often each fault hurts. */
    static int rounds() {
        return Integer.getInteger("faults.rounds", 3);
    }

    /** Major versions of PostgreSQL. */
    static List<Integer> versions() {
        return Arrays.stream(text("faults.versions").orElse("18").split(","))
                .map(String::strip)
                .map(Integer::valueOf)
                .toList();
    }

    /** How many cases run side by side, each with servers of its own. */
    static int lanes() {
        return Integer.getInteger("faults.lanes", 4);
    }

    static long seed() {
        return SEED;
    }

    /** Random numbers for a case, the same for the same seed whatever else runs. */
    static Random random(Case of) {
        return new Random(SEED ^ of.toString().hashCode());
    }

    /** Whether {@code -Dfaults.only}, a regular expression that is looked for in the case's name, selects it. */
    static boolean selects(Case of) {
        return text("faults.only")
                .map(only -> Pattern.compile(only).matcher(of.toString()).find())
                .orElse(true);
    }

    /** Where {@code -Pfaults-full} writes its matrix. */
    static Optional<Path> report() {
        return text("faults.report").map(Path::of);
    }

    /** The jar that is shipped. */
    static Path relayJar() {
        return path("faults.relay");
    }

    /** The folder with the sources of engine and server. */
    static Path sources() {
        return path("faults.sources");
    }

    /** Where logs and the matrix go. */
    static Path output() {
        return path("faults.output");
    }

    /** The programs of a version of PostgreSQL, empty for those on the class path. */
    static Optional<Path> binaries(int version) {
        return version == 18
                ? Optional.empty()
                : Optional.of(path("faults.binaries").resolve(version + ".jar"));
    }

    private static Path path(String name) {
        return Path.of(text(name)
                        .orElseThrow(() -> new IllegalStateException("Expected the system property " + name
                                + ", which the build sets: run mvn verify -Pfaults")))
                .normalize();
    }

    private static Optional<String> text(String name) {
        @Nullable String value = System.getProperty(name);
        return Optional.ofNullable(value)
                .filter(text -> !Objects.requireNonNull(text).isBlank());
    }
}
