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
        Results.Figure ratio = results.ratio(setting, side, sides.noEvents());
        Results.Figure noise = results.ratio(setting, sides.noEventsAgain(), sides.noEvents());
        add(
                ratio.median() <= Math.max(noise.greatest(), 1 + NOTHING_MEASURABLE),
                "%s with 0 events: %.3f × Hibernate alone (measured twice, that differs from itself by %.3f to %.3f ×)",
                side.name(),
                ratio.median(),
                noise.least(),
                noise.greatest());
    }

    private void staysNear(Side side, Side limit) {
        double ratio = results.ratio(new Setting(1, 10), side, limit).median();
        add(ratio <= MOST, "%s with 10 events: %.2f × %s, at most %.2f", side.name(), ratio, limit.name(), MOST);
    }

    private void isAheadOf(Side side, Side peer) {
        double ratio = results.ratio(new Setting(1, 10), side, peer).median();
        add(ratio < 1, "%s with 10 events: %.2f × %s, less than 1", side.name(), ratio, peer.name());
    }

    private void add(boolean met, String format, Object... arguments) {
        lines.add((met ? "met:    " : "MISSED: ") + String.format(Locale.ROOT, format, arguments));
    }
}
