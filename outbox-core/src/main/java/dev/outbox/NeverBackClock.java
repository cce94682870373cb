package dev.outbox;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock of millisecond ticks that stands still where the one underneath steps back. The id library tolerates steps of
 * ten seconds and starts afresh after larger ones; ids must not.
 */
final class NeverBackClock extends Clock {

    private final Clock clock;
    private final AtomicLong latest = new AtomicLong(Long.MIN_VALUE);

    NeverBackClock(Clock clock) {
        this.clock = clock;
    }

    @Override
    public long millis() {
        return latest.accumulateAndGet(clock.millis(), Math::max);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return new NeverBackClock(clock.withZone(zone));
    }
}
