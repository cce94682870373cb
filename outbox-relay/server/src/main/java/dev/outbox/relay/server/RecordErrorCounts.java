package dev.outbox.relay.server;

import dev.outbox.relay.server.RecordException.Reason;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.atomic.LongAdder;

/** How many events of a stream did not get to their topic, and for what. From any thread. */
final class RecordErrorCounts {

    private final Map<Reason, LongAdder> deadLettered = perReason();
    private final Map<Reason, LongAdder> skipped = perReason();
    private final Map<Reason, LongAdder> refused = perReason();

    private static Map<Reason, LongAdder> perReason() {
        Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            counts.put(reason, new LongAdder());
        }
        return counts;
    }

    void deadLettered(Reason reason, long events) {
        of(deadLettered, reason).add(events);
    }

    void skipped(Reason reason, long events) {
        of(skipped, reason).add(events);
    }

    /** An attempt ended for an event: each one counts. */
    void refused(Reason reason) {
        of(refused, reason).increment();
    }

    private static LongAdder of(Map<Reason, LongAdder> counts, Reason reason) {
        return counts.computeIfAbsent(reason, absent -> new LongAdder());
    }

    /** How many have been diverted. */
    long diverted() {
        return sum(deadLettered) + sum(skipped);
    }

    Map<String, Long> deadLettered() {
        return byWord(deadLettered);
    }

    Map<String, Long> skipped() {
        return byWord(skipped);
    }

    Map<String, Long> refused() {
        return byWord(refused);
    }

    private static Map<String, Long> byWord(Map<Reason, LongAdder> counts) {
        Map<String, Long> words = new LinkedHashMap<>();
        counts.forEach((reason, count) -> words.put(word(reason), count.sum()));
        return Collections.unmodifiableMap(words);
    }

    private static long sum(Map<Reason, LongAdder> counts) {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** Such as {@code " dead-lettered=3(row=2,size=1) skipped=1(size=1)"}; empty if there is nothing to tell. */
    @Override
    public String toString() {
        return words("dead-lettered", deadLettered) + words("skipped", skipped) + words("refused", refused);
    }

    private static String words(String name, Map<Reason, LongAdder> counts) {
        StringJoiner reasons = new StringJoiner(",", "(", ")");
        counts.forEach((reason, count) -> {
            if (count.sum() > 0) {
                reasons.add(word(reason) + "=" + count.sum());
            }
        });
        long sum = sum(counts);
        return sum == 0 ? "" : " " + name + "=" + sum + reasons;
    }

    static String word(Reason reason) {
        return reason.name().toLowerCase(Locale.ROOT);
    }
}
