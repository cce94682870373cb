package dev.outbox.relay.server.replay;

import dev.outbox.relay.server.Sentences;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What became of the events of one replay. From any thread. */
final class Tally {

    /** Those beyond are only counted. */
    private static final int MOST_REFUSALS = 100;

    /** @param what by which a person finds the event */
    record Refusal(String what, String why) {}

    private final Map<String, Long> sent = new TreeMap<>();
    private final List<Refusal> refusals = new ArrayList<>();
    private long refused;
    private long total = -1;

    /** How many there are, once it is known. */
    synchronized void total(long count) {
        total = count;
    }

    synchronized void sent(String topic) {
        sent.merge(topic, 1L, Long::sum);
    }

    void refused(String what, Exception why) {
        refused(what, Sentences.words(why));
    }

    synchronized void refused(String what, String why) {
        refused++;
        if (refusals.size() < MOST_REFUSALS) {
            refusals.add(new Refusal(what, why));
        }
    }

    synchronized long sent() {
        return sent.values().stream().mapToLong(Long::longValue).sum();
    }

    synchronized long refused() {
        return refused;
    }

    synchronized long done() {
        return sent() + refused;
    }

    /** -1 if nobody knows. */
    synchronized long total() {
        return total;
    }

    synchronized Map<String, Long> byTopic() {
        return new TreeMap<>(sent);
    }

    synchronized List<Refusal> refusals() {
        return List.copyOf(refusals);
    }
}
