package dev.outbox.samples.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckerAgainstNaiveModelTest {

    private record Event(UUID id, String aggregate) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20260301})
    void random_histories_are_judged_as_by_a_naive_model(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<Event> committed = events(random, random.nextInt(30));
            List<Event> rolledBack = events(random, random.nextInt(5));
            List<Event> received = damaged(committed, rolledBack, random);

            Checker checker = new Checker(0);
            received.forEach(e -> checker.received(e.id(), e.aggregate()));
            committed.forEach(e -> checker.committed(e.id(), e.aggregate()));
            rolledBack.forEach(e -> checker.rolledBack(e.id()));

            assertThat(checker.verdict())
                    .as("seed %d, round %d", seed, round)
                    .isEqualTo(naive(committed, rolledBack, received));
        }
    }

    @Test
    void a_million_events_are_judged_in_less_than_three_seconds() {
        int count = 1_000_000;
        long start = System.nanoTime();
        Checker checker = new Checker();
        String[] aggregates = new String[1_000];
        for (int i = 0; i < aggregates.length; i++) {
            aggregates[i] = new UUID(1, i).toString();
        }
        for (int i = 0; i < count; i++) {
            checker.committed(CheckerTest.id(i), aggregates[i % aggregates.length]);
        }
        for (int i = 0; i < count; i++) {
            checker.received(CheckerTest.id(i), aggregates[i % aggregates.length]);
        }

        assertThat(checker.verdict().passed()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    private static List<Event> events(Random random, int count) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            events.add(new Event(new UUID(random.nextLong(), random.nextLong()), "aggregate-" + random.nextInt(4)));
        }
        return events;
    }

    /** What a consumer would see of the committed events if everything went wrong now and then. */
    private static List<Event> damaged(List<Event> committed, List<Event> rolledBack, Random random) {
        List<Event> received = new ArrayList<>();
        for (Event event : committed) {
            int damage = random.nextInt(12);
            if (damage == 0) {
                continue;
            }
            received.add(damage == 1 ? new Event(event.id(), "aggregate-of-nobody") : event);
            if (damage == 2) {
                received.add(received.get(random.nextInt(received.size())));
            }
            if (damage == 3 && received.size() > 1) {
                Collections.swap(received, received.size() - 1, random.nextInt(received.size()));
            }
        }
        rolledBack.stream().filter(e -> random.nextInt(4) == 0).forEach(received::add);
        received.addAll(events(random, random.nextInt(2)));
        return received;
    }

    /** The definitions, word for word, with no thought given to time or memory. */
    private static Verdict naive(List<Event> committed, List<Event> rolledBack, List<Event> received) {
        Map<UUID, Event> truth = new HashMap<>();
        committed.forEach(e -> truth.put(e.id(), e));
        Set<UUID> undone = new HashSet<>();
        rolledBack.forEach(e -> undone.add(e.id()));

        List<Event> first = new ArrayList<>();
        Set<UUID> seen = new HashSet<>();
        received.stream().filter(e -> seen.add(e.id())).forEach(first::add);

        long reordered = 0;
        for (int i = 0; i < first.size(); i++) {
            Event event = first.get(i);
            boolean late = first.subList(0, i).stream()
                    .anyMatch(earlier -> truth.containsKey(earlier.id())
                            && truth.containsKey(event.id())
                            && truth.get(earlier.id())
                                    .aggregate()
                                    .equals(truth.get(event.id()).aggregate())
                            && committed.indexOf(truth.get(earlier.id())) > committed.indexOf(truth.get(event.id())));
            reordered += late ? 1 : 0;
        }
        return new Verdict(
                committed.size(),
                rolledBack.size(),
                received.size(),
                committed.stream().filter(e -> !seen.contains(e.id())).count(),
                first.stream().filter(e -> undone.contains(e.id())).count(),
                first.stream()
                        .filter(e -> !undone.contains(e.id()) && !truth.containsKey(e.id()))
                        .count(),
                received.size() - first.size(),
                reordered,
                first.stream()
                        .filter(e -> truth.containsKey(e.id())
                                && !truth.get(e.id()).aggregate().equals(e.aggregate()))
                        .count(),
                Map.of());
    }
}
