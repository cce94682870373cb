package dev.outbox.relay.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The wall clock of a relay that {@link ClockAgent} watches over: the system's, and an offset that a file says. */
public final class JumpingClock {

    private static final Duration LOOK = Duration.ofMillis(20);

    private static volatile long offsetMillis;

    private JumpingClock() {}

    /** What the relay calls in place of {@link System#currentTimeMillis()}. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + offsetMillis;
    }

    static void follow(Path file) {
        Thread thread = new Thread(
                () -> {
                    while (true) {
                        offsetMillis = read(file);
                        Threads.last(LOOK);
                    }
                },
                "jumping-clock");
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets the clock of the relays that follow the file jump; {@code by} counts from the true time. */
    static void jump(Path file, Duration by) {
        try {
            Path whole = file.resolveSibling("clock.new");
            Files.writeString(whole, String.valueOf(by.toMillis()));
            Files.move(whole, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long read(Path file) {
        try {
            return Files.exists(file) ? Long.parseLong(Files.readString(file)) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
