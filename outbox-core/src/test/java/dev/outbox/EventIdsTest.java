package dev.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class EventIdsTest {

    @Test
    void ids_are_version_7_and_strictly_increase() {
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            ids.add(EventIds.next());
        }
        assertThat(ids.get(0).version()).isEqualTo(7);
        assertStrictlyIncreasing(ids);
    }

    @Test
    void ids_increase_also_when_the_clock_steps_back_by_hours() {
        HandClock clock = new HandClock();
        TimeOrderedEpochFactory factory = EventIds.factory(clock);
        List<UUID> ids = new ArrayList<>();
        for (long millis : new long[] {5_000_000, 5_000_001, 4_999_000, 1_000, 1_001, 5_000_001, 5_000_002}) {
            clock.millis = millis;
            ids.add(factory.create());
        }
        assertStrictlyIncreasing(ids);
    }

    @Test
    void several_threads_never_get_the_same_id_and_each_sees_its_own_increase() throws Exception {
        ConcurrentLinkedQueue<List<UUID>> all = new ConcurrentLinkedQueue<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Thread thread = new Thread(() -> {
                List<UUID> own = new ArrayList<>();
                for (int n = 0; n < 20_000; n++) {
                    own.add(EventIds.next());
                }
                all.add(own);
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        all.forEach(EventIdsTest::assertStrictlyIncreasing);
        assertThat(all.stream().flatMap(List::stream).distinct()).hasSize(80_000);
    }

    /** As PostgreSQL orders them: by their bytes, that is by their text. */
    private static void assertStrictlyIncreasing(List<UUID> ids) {
        for (int i = 1; i < ids.size(); i++) {
            assertThat(ids.get(i).toString()).isGreaterThan(ids.get(i - 1).toString());
        }
    }

    private static final class HandClock extends Clock {

        private long millis;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(millis);
        }
    }
}
