package dev.outbox.relay.faults;

import dev.outbox.samples.check.Checker;
import dev.outbox.samples.check.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What was committed, what was received, and what need not have been: events in an accepted gap, and those that a fault
 * takes out by name. For one thread at a time.
 */
final class Truth {

    private final Load load;
    private final Reader reader;
    private final @Nullable Witness witness;
    private final List<Gap> gaps = new ArrayList<>();
    private final Set<UUID> excluded = new HashSet<>();
    private final Set<UUID> forbidden = new HashSet<>();

    Truth(Load load, Reader reader, @Nullable Witness witness) {
        this.load = load;
        this.reader = reader;
        this.witness = witness;
    }

    /** A gap that was accepted. */
    void accepted(Gap gap) {
        gaps.add(gap);
    }

    List<Gap> gaps() {
        return gaps;
    }

    /** These may be missing, whoever is to blame; if they come, they come in order and once. */
    void exclude(Collection<Event> events) {
        events.forEach(event -> excluded.add(event.id()));
    }

    /** The same, where of the events only the ids are known. */
    void excludeIds(Collection<UUID> ids) {
        excluded.addAll(ids);
    }

    /** These must never come. */
    void forbid(Collection<Event> events) {
        events.forEach(event -> forbidden.add(event.id()));
    }

    /** All that was committed so far and has not come, neither to its topic nor as a dead letter. */
    List<Event> missing() {
        return committed().stream()
                .flatMap(transaction -> transaction.events().stream())
                .filter(event -> !reader.has(event.id()) && !reader.hasDeadLetter(event.id()))
                .filter(event -> !forbidden.contains(event.id()))
                .toList();
    }

    /** What was committed so far. */
    List<Transaction> committed() {
        return load.written().stream()
                .flatMap(List::stream)
                .filter(Transaction::committed)
                .toList();
    }

    /** Whether all that has to come is there. */
    boolean isComplete() {
        return lost().isEmpty();
    }

    /** Missing, and not forgiven. */
    Set<UUID> lost() {
        Set<UUID> lost = new HashSet<>();
        for (Transaction transaction : committed()) {
            @Nullable Boolean covered = null;
            for (Event event : transaction.events()) {
                UUID id = event.id();
                boolean there = reader.has(id) || reader.hasDeadLetter(id);
                if (!there && !excluded.contains(id) && !forbidden.contains(id)) {
                    covered = covered == null ? isCovered(transaction) : covered;
                    if (!covered) {
                        lost.add(id);
                    }
                }
            }
        }
        return lost;
    }

    private boolean isCovered(Transaction transaction) {
        Optional<CommitPoint> commit = witness == null ? Optional.empty() : witness.commit(transaction);
        return commit.isPresent() && gaps.stream().anyMatch(gap -> gap.covers(commit.get()));
    }

    /** Where the records of each event lie that was received more than once. */
    List<String> repeated() {
        Map<UUID, List<String>> places = new LinkedHashMap<>();
        reader.received()
                .forEach(event -> places.computeIfAbsent(event.id(), id -> new ArrayList<>())
                        .add(event.place()));
        return places.entrySet().stream()
                .filter(event -> event.getValue().size() > 1)
                .map(event -> event.getKey() + " at " + String.join(" and ", event.getValue()))
                .toList();
    }

    /** Judges; what is forgiven and has not come is not told to the checker. */
    Verdict verdict() {
        Set<UUID> lost = lost();
        Checker checker = new Checker(3);
        for (List<Transaction> one : load.written()) {
            for (Transaction transaction : one) {
                for (Event event : transaction.events()) {
                    if (!transaction.committed() || forbidden.contains(event.id())) {
                        checker.rolledBack(event.id());
                    } else if (reader.has(event.id()) || lost.contains(event.id())) {
                        checker.committed(event.id(), event.aggregateId());
                    }
                }
            }
        }
        reader.received().forEach(event -> checker.received(event.id(), event.aggregateId()));
        return checker.verdict();
    }
}
