package dev.outbox.relay.benchmarks;

import java.util.List;

/**
 * A kind of backlog.
 *
 * @param database its own, so that nobody decodes another's
 * @param aggregateTypes how many different ones, in turns
 */
record Shape(String database, String name, int eventsPerTransaction, int payloadBytes, int aggregateTypes) {

    static final Shape ONE_EVENT = new Shape("one_event", "one-event transactions, 200 B", 1, 200, 1);
    static final Shape THOUSAND_EVENTS = new Shape("thousand_events", "1,000-event transactions, 200 B", 1_000, 200, 1);
    static final Shape ONE_KIB = new Shape("one_kib", "one-event transactions, 1 KiB", 1, 1_024, 1);

    static final List<Shape> ALL = List.of(ONE_EVENT, THOUSAND_EVENTS, ONE_KIB);

    @Override
    public String toString() {
        return name;
    }
}
