package dev.outbox.samples.writer;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Counts how transactions ended, and remembers the events of those that were not committed. For any threads. */
final class Account {

    private final Set<UUID> rolledBack = new HashSet<>();
    private final Set<UUID> unknown = new HashSet<>();
    private long committedTransactions;
    private long rolledBackTransactions;
    private long unknownTransactions;
    private long committedEvents;

    synchronized void add(Outcome outcome) {
        if (outcome instanceof Outcome.Committed committed) {
            committedTransactions++;
            committedEvents += committed.published().size();
        } else if (outcome instanceof Outcome.RolledBack undone) {
            rolledBackTransactions++;
            rolledBack.addAll(ids(undone.published()));
        } else {
            unknownTransactions++;
            unknown.addAll(ids(outcome.published()));
        }
    }

    /** Settles what was unknown: what the ledger doesn't hold was rolled back. */
    synchronized void settle(Set<UUID> committed) {
        committedEvents += committed.size();
        unknown.stream().filter(id -> !committed.contains(id)).forEach(rolledBack::add);
        unknown.clear();
    }

    synchronized Set<UUID> unknown() {
        return Set.copyOf(unknown);
    }

    synchronized long transactions() {
        return committedTransactions + rolledBackTransactions + unknownTransactions;
    }

    synchronized long committedEvents() {
        return committedEvents;
    }

    synchronized WriterResult result(Duration elapsed) {
        return new WriterResult(
                committedTransactions,
                rolledBackTransactions,
                unknownTransactions,
                committedEvents,
                Set.copyOf(rolledBack),
                elapsed);
    }

    private static List<UUID> ids(List<LedgerEntry> entries) {
        return entries.stream().map(LedgerEntry::eventId).toList();
    }
}
