package dev.outbox.relay.server.client;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
final class Units {

    private static final String[] SIZES = {"KiB", "MiB", "GiB", "TiB", "PiB"};

    private Units() {}

    /** Such as {@code 512 B} or {@code 1.5 MiB}. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double size = bytes;
        int unit = -1;
        while (size >= 1024 && unit < SIZES.length - 1) {
            size /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %s", size, SIZES[unit]);
    }

    /** Such as {@code 0.2 s}, {@code 45 s}, {@code 3 min} or {@code 2 h 5 min}. */
    static String seconds(double seconds) {
        if (seconds < 10) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        Duration duration = Duration.ofSeconds((long) seconds);
        if (duration.toSeconds() < 100) {
            return duration.toSeconds() + " s";
        }
        if (duration.toMinutes() < 100) {
            return duration.toMinutes() + " min";
        }
        return duration.toHours() < 100
                ? duration.toHours() + " h " + duration.toMinutesPart() + " min"
                : duration.toDays() + " d";
    }
}
