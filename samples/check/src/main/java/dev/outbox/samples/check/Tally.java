package dev.outbox.samples.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Counts defects and keeps the first few events of each kind by name. */
final class Tally {

    private final int limit;
    private final IdIndex events;
    private final Map<Defect, Long> counts = new EnumMap<>(Defect.class);
    private final Map<Defect, List<UUID>> examples = new EnumMap<>(Defect.class);

    Tally(int limit, IdIndex events) {
        this.limit = limit;
        this.events = events;
    }

    void count(Defect defect, int event) {
        if (counts.merge(defect, 1L, Long::sum) <= limit) {
            examples.computeIfAbsent(defect, d -> new ArrayList<>()).add(events.id(event));
        }
    }

    Verdict verdict(long committed, long rolledBack, long received) {
        return new Verdict(
                committed,
                rolledBack,
                received,
                of(Defect.LOST),
                of(Defect.ROLLED_BACK),
                of(Defect.NEVER_WRITTEN),
                of(Defect.DUPLICATE),
                of(Defect.REORDERED),
                of(Defect.WRONG_AGGREGATE),
                examples);
    }

    private long of(Defect defect) {
        return counts.getOrDefault(defect, 0L);
    }
}
