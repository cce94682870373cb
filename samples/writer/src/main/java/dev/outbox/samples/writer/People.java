package dev.outbox.samples.writer;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;

/** The persons who are known to be committed, for the writer's threads to choose from. Safe for use by all of them. */
final class People {

    private final List<UUID> ids = new ArrayList<>();

    synchronized void addAll(Collection<UUID> newIds) {
        ids.addAll(newIds);
    }

    synchronized int size() {
        return ids.size();
    }

    /**
     * Up to {@code count} persons, in the order of their ids: whoever locks several rows in that order deadlocks with
     * nobody. The first ones are chosen more often than the last, so that threads do meet.
     */
    synchronized SortedSet<UUID> choose(int count, Random random) {
        SortedSet<UUID> chosen = new TreeSet<>();
        for (int i = 0; i < count && !ids.isEmpty(); i++) {
            chosen.add(ids.get(skewed(random)));
        }
        return chosen;
    }

    /** Takes a person out, whom nobody else is then given: who deletes somebody takes them first. */
    synchronized UUID take(Random random) {
        int index = skewed(random);
        UUID taken = ids.get(index);
        ids.set(index, ids.get(ids.size() - 1));
        ids.remove(ids.size() - 1);
        return taken;
    }

    private int skewed(Random random) {
        double uniform = random.nextDouble();
        return (int) (uniform * uniform * ids.size());
    }
}
