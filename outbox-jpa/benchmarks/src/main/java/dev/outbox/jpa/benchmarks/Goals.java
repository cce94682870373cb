package dev.outbox.jpa.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What Outbox promises, held against the results. */
final class Goals {

    private static final String MET = "met";
    private static final String MISSED = "MISSED";
    private static final String UNCLEAR = "too noisy to tell";

    private static final Setting TEN_EVENTS = new Setting(1, 10);
    private static final double MOST = 1.15;
    private static final double NOTHING_MEASURABLE = 0.02;

    private final Results results;
    private final Sides sides;
    private final List<String> lines = new ArrayList<>();

    private Goals(Results results) {
        this.results = results;
        this.sides = results.sides();
    }

    /** One sentence for each goal, which begins with whether it is met, missed, or can't be told from these results. */
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
        // Measurable would be what begins above everything that the same side, measured twice, differs from itself.
        add(
                ratio.least() > Math.max(noise.greatest(), 1 + NOTHING_MEASURABLE) ? MISSED : MET,
                "%s with 0 events: %s × Hibernate alone, which is %s × itself",
                side.name(),
                text(ratio),
                text(noise));
    }

    private void staysNear(Side side, Side limit) {
        Median ratio = results.ratio(TEN_EVENTS, side, limit);
        add(
                verdict(ratio, MOST),
                "%s with 10 events: %s × %s, at most %.2f",
                side.name(),
                text(ratio),
                limit.name(),
                MOST);
    }

    private void isAheadOf(Side side, Side peer) {
        Median ratio = results.ratio(TEN_EVENTS, side, peer);
        add(
                verdict(ratio, 1),
                "%s with 10 events: %s × %s, less than 1 (processor time %.2f ×, allocation %.2f ×)",
                side.name(),
                text(ratio),
                peer.name(),
                results.cpu(TEN_EVENTS, side) / results.cpu(TEN_EVENTS, peer),
                results.allocated(TEN_EVENTS, side) / results.allocated(TEN_EVENTS, peer));
    }

    private static String verdict(Median ratio, double most) {
        if (ratio.greatest() < most) {
            return MET;
        }
        return ratio.least() > most ? MISSED : UNCLEAR;
    }

    private static String text(Median ratio) {
        return String.format(Locale.ROOT, "%.3f (%.3f–%.3f)", ratio.value(), ratio.least(), ratio.greatest());
    }

    private void add(String verdict, String format, Object... arguments) {
        lines.add(verdict + ": " + String.format(Locale.ROOT, format, arguments));
    }
}
