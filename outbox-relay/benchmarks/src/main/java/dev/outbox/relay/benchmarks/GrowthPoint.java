package dev.outbox.relay.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A backlog in which one thing is larger than in the one before.
 *
 * @param value how large that is
 * @param streams in the relay's one process, each with all events
 * @param events of each stream
 */
record GrowthPoint(Dimension dimension, long value, Shape shape, int streams, long events) {

    private static final String DATABASE = "growth";
    private static final int EVENTS_PER_TRANSACTION = 10;
    private static final int PAYLOAD_BYTES = 200;
    private static final long MOST_BYTES = 500_000_000;

    enum Dimension {
        STREAMS("streams in one process"),
        EVENTS_PER_TRANSACTION("events in a transaction"),
        PAYLOAD_BYTES("bytes of payload"),
        AGGREGATE_TYPES("aggregate types");

        private final String words;

        Dimension(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** @param events of a stream, where its payloads are small */
    static List<GrowthPoint> all(long events) {
        List<GrowthPoint> points = new ArrayList<>();
        for (int streams : new int[] {1, 4}) {
            points.add(of(Dimension.STREAMS, streams, events, EVENTS_PER_TRANSACTION, PAYLOAD_BYTES, 1, streams));
        }
        for (int inTransaction : new int[] {1, 10, 100, 1_000, 10_000}) {
            points.add(of(Dimension.EVENTS_PER_TRANSACTION, inTransaction, events, inTransaction, PAYLOAD_BYTES, 1, 1));
        }
        for (int bytes : new int[] {100, 1_000, 10_000, 100_000, 1_000_000}) {
            long fewer = Math.min(events, MOST_BYTES / bytes / EVENTS_PER_TRANSACTION * EVENTS_PER_TRANSACTION);
            points.add(of(Dimension.PAYLOAD_BYTES, bytes, fewer, EVENTS_PER_TRANSACTION, bytes, 1, 1));
        }
        for (int types : new int[] {1, 10, 100, 1_000, 10_000}) {
            points.add(of(Dimension.AGGREGATE_TYPES, types, events, EVENTS_PER_TRANSACTION, PAYLOAD_BYTES, types, 1));
        }
        return points;
    }

    private static GrowthPoint of(
            Dimension dimension, long value, long events, int inTransaction, int bytes, int types, int streams) {
        String name = number(value) + " " + dimension;
        return new GrowthPoint(
                dimension, value, new Shape(DATABASE, name, inTransaction, bytes, types), streams, events);
    }

    /** What a thing of its kind costs: a transaction, all streams, an event of that size or of so many types. */
    double workOf(double secondsForMillion) {
        return switch (dimension) {
            case STREAMS, EVENTS_PER_TRANSACTION -> value * secondsForMillion;
            case PAYLOAD_BYTES, AGGREGATE_TYPES -> secondsForMillion;
        };
    }

    String number() {
        return number(value);
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    @Override
    public String toString() {
        return shape.name();
    }
}
