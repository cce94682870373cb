package dev.outbox.jpa;

import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the harvest promises, kept beside the sessions of one thread: which transaction an event belongs to, whether its
 * commit must be loud, and which rows it leaves in which order. It knows what was called, and asks the EntityManagers
 * what they contain; of the code under test it knows nothing.
 */
final class HarvestOracle {

    /** A transaction. */
    static final class Unit {

        final EntityManager em;
        final List<Event> pending = new ArrayList<>();
        final List<Event> written = new ArrayList<>();
        private final Set<Object> removed = Collections.newSetFromMap(new IdentityHashMap<>());

        private Unit(EntityManager em) {
            this.em = em;
        }

        private boolean has(@Nullable Object aggregate) {
            return aggregate != null && (em.contains(aggregate) || removed.contains(aggregate));
        }

        /** The events that the commit must not pass over. */
        List<String> open() {
            return pending.stream()
                    .filter(event -> event.open && !event.dropped)
                    .map(event -> event.note)
                    .toList();
        }

        List<String> notes() {
            return written.stream().map(event -> event.note).toList();
        }
    }

    static final class Event {

        final int position;
        final String note;
        private @Nullable Object aggregate;
        private boolean open;
        private boolean dropped;

        private Event(int position, String note, @Nullable Object aggregate) {
            this.position = position;
            this.note = note;
            this.aggregate = aggregate;
            this.open = aggregate != null;
        }
    }

    private final List<Unit> active = new ArrayList<>();
    private final List<Event> held = new ArrayList<>();
    private int count;

    /** A transaction begins: what was recorded before on entities of its session belongs to it. */
    Unit begin(EntityManager em) {
        Unit unit = new Unit(em);
        active.add(unit);
        join(unit, event -> em.contains(event.aggregate));
        return unit;
    }

    /** About to be recorded. */
    void recorded(String note, Object aggregate) {
        Event event = new Event(count++, note, aggregate);
        for (int i = active.size() - 1; i >= 0; i--) {
            if (active.get(i).has(aggregate)) {
                active.get(i).pending.add(event);
                return;
            }
        }
        (active.isEmpty() ? held : active.get(active.size() - 1).pending).add(event);
    }

    void published(Unit unit, String note) {
        unit.pending.add(new Event(count++, note, null));
    }

    void persisted(Unit unit, Object aggregate) {
        join(unit, event -> event.aggregate == aggregate);
    }

    void merged(Unit unit, Object original, Object copy) {
        if (original == copy) {
            return;
        }
        for (Unit any : active) {
            if (!any.has(original)) {
                any.pending.stream()
                        .filter(event -> event.open && event.aggregate == original)
                        .forEach(event -> event.aggregate = copy);
            }
        }
        held.stream().filter(event -> event.aggregate == original).forEach(event -> event.aggregate = copy);
        join(unit, event -> event.aggregate == copy);
    }

    void removed(Unit unit, Object aggregate) {
        unit.removed.add(aggregate);
    }

    /** Before a flush the persistence context is all that knows of a removal. */
    void forgetRemoval(Unit unit, Object aggregate) {
        unit.removed.remove(aggregate);
    }

    /** The changes in the persistence context are in the database now. */
    void flushed(Unit unit) {
        join(unit, event -> unit.has(event.aggregate));
        for (Unit other : active) {
            if (other != unit) {
                for (Event event : List.copyOf(other.pending)) {
                    Object aggregate = event.aggregate;
                    if (aggregate != null
                            && event.open
                            && !event.dropped
                            && !other.has(aggregate)
                            && unit.em.contains(aggregate)) {
                        event.dropped = true;
                        Event moved = new Event(event.position, event.note, aggregate);
                        unit.pending.add(moved);
                    }
                }
            }
        }
        unit.pending.stream()
                .filter(event -> event.open && unit.has(event.aggregate))
                .forEach(event -> event.open = false);
    }

    /** The events so far are in the table now, in the order of the calls. */
    void written(Unit unit) {
        unit.pending.stream()
                .filter(event -> !event.dropped)
                .sorted(Comparator.comparingInt(event -> event.position))
                .forEach(unit.written::add);
        unit.pending.clear();
    }

    /** Whether several transactions have events of the aggregate: what a refused discard leaves is not promised then. */
    boolean isInSeveral(Object aggregate) {
        return active.stream()
                        .filter(unit -> Stream.concat(unit.pending.stream(), unit.written.stream())
                                .anyMatch(event -> event.aggregate == aggregate))
                        .count()
                > 1;
    }

    /** Whether a discard must be refused; else the events are gone. */
    boolean discardIsRefused(Object aggregate) {
        if (active.stream().flatMap(unit -> unit.written.stream()).anyMatch(event -> event.aggregate == aggregate)) {
            return true;
        }
        held.removeIf(event -> event.aggregate == aggregate);
        for (Unit unit : active) {
            unit.pending.stream().filter(event -> event.aggregate == aggregate).forEach(event -> event.dropped = true);
        }
        return false;
    }

    void ended(Unit unit) {
        active.remove(unit);
    }

    private void join(Unit unit, Predicate<Event> which) {
        held.stream().filter(which).forEach(unit.pending::add);
        held.removeIf(which);
    }
}
