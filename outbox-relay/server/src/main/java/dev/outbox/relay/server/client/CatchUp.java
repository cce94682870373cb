package dev.outbox.relay.server.client;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** A stream on its way from being far behind to being up to date, as it is seen from look to look. For one thread. */
final class CatchUp {

    private static final double FAR_SECONDS = 10;
    private static final double NEAR_SECONDS = 2;
    private static final int WIDTH = 30;

    /** How much of the speed is that since the last look; the rest is that of the looks before. */
    private static final double NEWEST = 0.3;

    private boolean under;
    private long most;
    private long before;
    private long beforeNanos;
    private double bytesPerSecond;

    /** The bar as it is now; empty if the stream is not far behind, or does not run. */
    Optional<String> look(StreamReport report, long nanos) {
        OptionalLong bytes = report.number("lag.bytes");
        OptionalDouble seconds = report.decimal("lag.seconds");
        if (!report.state().equals("RUNNING") || bytes.isEmpty() || seconds.isEmpty()) {
            under = false;
            return Optional.empty();
        }
        return look(bytes.getAsLong(), seconds.getAsDouble(), nanos);
    }

    private Optional<String> look(long bytes, double seconds, long nanos) {
        if (!under && seconds >= FAR_SECONDS) {
            under = true;
            most = bytes;
            bytesPerSecond = 0;
        } else if (under && (seconds < NEAR_SECONDS || bytes == 0)) {
            under = false;
        } else if (under && nanos > beforeNanos) {
            double since = (before - bytes) * 1e9 / (nanos - beforeNanos);
            bytesPerSecond = bytesPerSecond == 0 ? since : NEWEST * since + (1 - NEWEST) * bytesPerSecond;
        }
        before = bytes;
        beforeNanos = nanos;
        most = Math.max(most, bytes);
        return under ? Optional.of(bar(bytes)) : Optional.empty();
    }

    private String bar(long bytes) {
        double done = most == 0 ? 1 : 1 - (double) bytes / most;
        int full = (int) Math.round(done * WIDTH);
        String left = bytesPerSecond <= 0
                ? "not getting closer"
                : "about " + Units.seconds(bytes / bytesPerSecond) + " left at " + Units.bytes((long) bytesPerSecond)
                        + "/s";
        return String.format(
                Locale.ROOT,
                "[%s%s] %3.0f %% of %s, %s",
                "#".repeat(full),
                "-".repeat(WIDTH - full),
                100 * done,
                Units.bytes(most),
                left);
    }
}
