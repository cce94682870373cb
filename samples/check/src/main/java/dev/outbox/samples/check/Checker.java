package dev.outbox.samples.check;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Compares what consumers received with what producers committed, and finds what the guarantees forbid: lost events,
 * phantoms, and events of one aggregate in another order than they were committed in.
 *
 * <p>Tell it three things, in any interleaving: every event {@link #committed} (per aggregate in commit order), every
 * event {@link #rolledBack}, and every record {@link #received} in the order in which the consumer saw it. Then ask for
 * the {@link #verdict()}. The truth must come from somewhere else than the outbox, or the outbox judges itself.
 *
 * <p>An event costs some 60 bytes, a received record 8. Safe for use by any number of threads; the order of received
 * records is the order of the calls.
 */
public final class Checker {

    private static final byte NEVER_WRITTEN = 0;
    private static final byte COMMITTED = 1;
    private static final byte ROLLED_BACK = 2;

    private static final int DEFAULT_EXAMPLES = 5;

    private final int examples;
    private final IdIndex events = new IdIndex();
    private final Map<String, Integer> aggregates = new HashMap<>();
    private final ByteList outcome = new ByteList();
    private final IntList aggregateOf = new IntList();
    private final IntList positionOf = new IntList();
    private final IntList receivedEvents = new IntList();
    private final IntList receivedAggregates = new IntList();
    private final IntList committedPerAggregate = new IntList();
    private long committed;
    private long rolledBack;

    /** A checker that names up to five events for each kind of defect. */
    public Checker() {
        this(DEFAULT_EXAMPLES);
    }

    /** @param examples how many events to name at most for each kind of defect; 0 or more */
    public Checker(int examples) {
        this.examples = examples;
    }

    /**
     * An event whose transaction committed; call it in commit order for each aggregate.
     *
     * @throws IllegalArgumentException if the event was told before, as committed or as rolled back
     */
    public synchronized void committed(UUID eventId, String aggregateId) {
        int event = event(eventId);
        requireNew(event, eventId);
        int aggregate = aggregate(aggregateId);
        outcome.set(event, COMMITTED);
        aggregateOf.set(event, aggregate);
        positionOf.set(event, committedPerAggregate.get(aggregate));
        committedPerAggregate.set(aggregate, committedPerAggregate.get(aggregate) + 1);
        committed++;
    }

    /**
     * An event whose transaction was rolled back: nobody may ever receive it.
     *
     * @throws IllegalArgumentException if the event was told before, as committed or as rolled back
     */
    public synchronized void rolledBack(UUID eventId) {
        int event = event(eventId);
        requireNew(event, eventId);
        outcome.set(event, ROLLED_BACK);
        rolledBack++;
    }

    /** A record that a consumer received, duplicates included, in the order in which it saw them. */
    public synchronized void received(UUID eventId, String aggregateId) {
        receivedEvents.add(event(eventId));
        receivedAggregates.add(aggregate(aggregateId));
    }

    /** Judges what was told so far; can be asked again after more was told. */
    public synchronized Verdict verdict() {
        Tally tally = new Tally(examples, events);
        boolean[] seen = new boolean[events.size()];
        int[] newestSeen = new int[aggregates.size()];
        for (int i = 0; i < receivedEvents.size(); i++) {
            int event = receivedEvents.get(i);
            if (seen[event]) {
                tally.count(Defect.DUPLICATE, event);
                continue;
            }
            seen[event] = true;
            switch (outcome.get(event)) {
                case COMMITTED -> judge(event, receivedAggregates.get(i), newestSeen, tally);
                case ROLLED_BACK -> tally.count(Defect.ROLLED_BACK, event);
                default -> tally.count(Defect.NEVER_WRITTEN, event);
            }
        }
        for (int event = 0; event < seen.length; event++) {
            if (outcome.get(event) == COMMITTED && !seen[event]) {
                tally.count(Defect.LOST, event);
            }
        }
        return tally.verdict(committed, rolledBack, receivedEvents.size());
    }

    /** {@code newestSeen} holds, per aggregate, one more than the highest position that was received. */
    private void judge(int event, int receivedAggregate, int[] newestSeen, Tally tally) {
        int aggregate = aggregateOf.get(event);
        int position = positionOf.get(event);
        if (aggregate != receivedAggregate) {
            tally.count(Defect.WRONG_AGGREGATE, event);
        }
        if (position < newestSeen[aggregate]) {
            tally.count(Defect.REORDERED, event);
        } else {
            newestSeen[aggregate] = position + 1;
        }
    }

    private int event(UUID eventId) {
        int before = events.size();
        int event = events.add(eventId);
        if (event == before) {
            outcome.add(NEVER_WRITTEN);
            aggregateOf.add(-1);
            positionOf.add(-1);
        }
        return event;
    }

    private int aggregate(String aggregateId) {
        Integer known = aggregates.get(aggregateId);
        if (known != null) {
            return known;
        }
        int added = aggregates.size();
        aggregates.put(aggregateId, added);
        committedPerAggregate.add(0);
        return added;
    }

    private void requireNew(int event, UUID eventId) {
        if (outcome.get(event) != NEVER_WRITTEN) {
            throw new IllegalArgumentException("The truth contradicts itself: event " + eventId + " was told as "
                    + (outcome.get(event) == COMMITTED ? "committed" : "rolled back")
                    + " already. Tell each event once.");
        }
    }
}
