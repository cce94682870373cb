package dev.outbox.jpa.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What Outbox promises, held against the results. */
final class Goals {

    private static final double MOST = 1.15;
    private static final double NOTHING_MEASURABLE = 0.02;

    private final Results results;
    private final Sides sides;
    private final List<String> lines = new ArrayList<>();

    private Goals(Results results) {
        this.results = results;
        this.sides = results.sides();
    }

    /** One sentence for each goal, which begins with {@code met} or {@code MISSED}. */
    static List<String> of(Results results) {
        Goals goals = new Goals(results);
        goals.costsNothingWithoutEvents(goals.sides.publish());
        goals.costsNothingWithoutEvents(goals.sides.harvest());
        goals.staysNear(goals.sides.publish(), goals.sides.rawJdbc());
        goals.staysNear(goals.sides.harvest(), goals.sides.rawJdbc());
        goals.staysNear(goals.sides.publishDeleted(), goals.sides.rawJdbcDeleted());
        goals.staysNear(goals.sides.harvestDeleted(), goals.sides.rawJdbcDeleted());
        for (Side kept : List.of(goals.sides.publish(), goals.sides.harvest())) {
            goals.isAheadOf(kept, goals.sides.modulith());
            goals.isAheadOf(kept, goals.sides.transactionOutbox());
        }
        goals.isAheadOf(goals.sides.publishDeleted(), goals.sides.debezium());
        goals.isAheadOf(goals.sides.harvestDeleted(), goals.sides.debezium());
        return goals.lines;
    }

    private void costsNothingWithoutEvents(Side side) {
        Setting setting = new Setting(1, 0);
        Median ratio = results.ratio(setting, side, sides.noEvents());
        Median noise = results.ratio(setting, sides.noEventsAgain(), sides.noEvents());
        add(
                ratio.least() <= Math.max(noise.greatest(), 1 + NOTHING_MEASURABLE),
                "%s with 0 events: %.3f × Hibernate alone (%.3f–%.3f), which is %.3f × itself (%.3f–%.3f)",
                side.name(),
                ratio.value(),
                ratio.least(),
                ratio.greatest(),
                noise.value(),
                noise.least(),
                noise.greatest());
    }

    private void staysNear(Side side, Side limit) {
        Median ratio = results.ratio(new Setting(1, 10), side, limit);
        add(
                ratio.value() <= MOST,
                "%s with 10 events: %.2f × %s (%.2f–%.2f), at most %.2f",
                side.name(),
                ratio.value(),
                limit.name(),
                ratio.least(),
                ratio.greatest(),
                MOST);
    }

    private void isAheadOf(Side side, Side peer) {
        Median ratio = results.ratio(new Setting(1, 10), side, peer);
        add(
                ratio.value() < 1,
                "%s with 10 events: %.2f × %s (%.2f–%.2f), less than 1",
                side.name(),
                ratio.value(),
                peer.name(),
                ratio.least(),
                ratio.greatest());
    }

    private void add(boolean met, String format, Object... arguments) {
        lines.add((met ? "met:    " : "MISSED: ") + String.format(Locale.ROOT, format, arguments));
    }
}
