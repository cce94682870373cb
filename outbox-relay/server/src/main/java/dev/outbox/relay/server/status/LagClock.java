package dev.outbox.relay.server.status;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.OptionalLong;

/**
 * Turns places of the server's log into times: what was written by when. From samples that are taken now and then, so that
 * it also knows of times at which nothing committed. For one thread at a time.
 */
public final class LagClock {

    private static final int MOST = 1_024;

    private final ArrayDeque<Sample> ahead = new ArrayDeque<>();
    private OptionalLong reached = OptionalLong.empty();
    private long lastMillis;
    private long stepMillis;

    private record Sample(long millis, LogSequenceNumber lsn) {}

    /**
     * At that time the server's log went up to there. The same sample may be told again.
     *
     * @param millis since 1970 in UTC
     */
    public void sampled(long millis, LogSequenceNumber lsn) {
        if (millis <= lastMillis || millis - lastMillis < stepMillis) {
            return;
        }
        lastMillis = millis;
        Sample last = ahead.peekLast();
        if (last != null && lsn.compareTo(last.lsn()) < 0) {
            // Another branch of the log: after a fail-over places are used again.
            ahead.clear();
            stepMillis = 0;
        }
        if (ahead.size() == MOST) {
            thinOut();
        }
        ahead.add(new Sample(millis, lsn));
    }

    /** A stream that stands for days needs no sample of every few seconds. */
    private void thinOut() {
        stepMillis = 2 * (ahead.getLast().millis() - ahead.getFirst().millis()) / MOST;
        Iterator<Sample> samples = ahead.iterator();
        for (boolean drop = false; samples.hasNext(); drop = !drop) {
            samples.next();
            if (drop) {
                samples.remove();
            }
        }
    }

    /**
     * The latest time known by which the log went no further than to the place, in milliseconds since 1970 in UTC; empty
     * if none is known.
     */
    public OptionalLong upTo(LogSequenceNumber lsn) {
        while (!ahead.isEmpty() && ahead.element().lsn().compareTo(lsn) <= 0) {
            reached = OptionalLong.of(ahead.remove().millis());
        }
        if (ahead.isEmpty()) {
            stepMillis = 0;
        }
        return reached;
    }
}
