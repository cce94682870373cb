package dev.outbox;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import java.time.Clock;
import java.util.UUID;

/**
 * Event ids: UUID version 7 (RFC 9562), strictly increasing within this JVM in the order of the calls, also when the
 * system's clock steps back. They order the events of a transaction where the commit order can't be recovered.
 */
public final class EventIds {

    private static final TimeOrderedEpochFactory FACTORY = factory(Clock.systemUTC());

    private EventIds() {}

    /** The next id. Safe for use by any number of threads. */
    public static UUID next() {
        return FACTORY.create();
    }

    static TimeOrderedEpochFactory factory(Clock clock) {
        return TimeOrderedEpochFactory.builder()
                .withIncrementPlus1()
                .withClock(new NeverBackClock(clock))
                .build();
    }
}
