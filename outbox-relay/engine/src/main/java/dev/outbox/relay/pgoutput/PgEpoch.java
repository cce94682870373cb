package dev.outbox.relay.pgoutput;

import java.time.Instant;

/** PostgreSQL's {@code TimestampTz} on the wire: microseconds since 2000-01-01 00:00 UTC. */
final class PgEpoch {

    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final long MICROS_PER_MILLI = 1_000;
    private static final long UNIX_SECONDS =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long UNIX_MILLIS = UNIX_SECONDS * 1_000;

    private PgEpoch() {}

    static Instant toInstant(long micros) {
        long seconds = UNIX_SECONDS + Math.floorDiv(micros, MICROS_PER_SECOND);
        return Instant.ofEpochSecond(seconds, Math.floorMod(micros, MICROS_PER_SECOND) * 1_000);
    }

    static long toUnixMillis(long micros) {
        return UNIX_MILLIS + Math.floorDiv(micros, MICROS_PER_MILLI);
    }
}
