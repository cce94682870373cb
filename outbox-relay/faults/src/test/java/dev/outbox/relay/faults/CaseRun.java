package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import dev.outbox.relay.faults.Threads.Every;
import dev.outbox.samples.check.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One case from its first relay to its row. */
final class CaseRun {

    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final Target target;
    private final Fault fault;
    private final List<Double> recoverySeconds = new ArrayList<>();
    private final long beganAt = System.nanoTime();
    private final List<String> failures = new ArrayList<>();
    private String state = "not known";
    private @Nullable Verdict verdict;
    private boolean settled;
    private int inGap;

    CaseRun(Target target) {
        this.target = target;
        this.fault = target.of().fault();
    }

    Row run() {
        try {
            fault.setup().run(target);
            target.startFirstRelay();
            target.load().start(target.random());
            int asked = fault.rounds(Settings.rounds());
            while (target.round() < asked) {
                target.load().awaitCommits(10 + target.random().nextInt(30));
                round();
                target.roundIsOver();
            }
            target.load().awaitCommits(10);
            target.load().stop();
            awaitComplete();
            fault.end().run(target);
            end();
        } catch (Exception | AssertionError e) {
            failures.add("in round " + (target.round() + 1) + ": " + e.getMessage());
            state = target.relays().isEmpty() ? state : target.relay().state();
            // Nobody mends what nothing was wrong with.
            settled |= fault.expected() == Expected.RECOVERS && RelayProcess.hasFailed(state);
            judgeWhatThereIs();
        }
        if (!failures.isEmpty()) {
            target.relays().forEach(relay -> failures.addAll(relay.errors()));
            failures.addAll(skippedMarkers());
        }
        return new Row(
                target.of(),
                target.round(),
                verdict,
                settled,
                inGap,
                recoverySeconds,
                (System.nanoTime() - beganAt) / 1e9,
                state,
                failures);
    }

    /** What the brokers tell of transactions that they left open in some of their partitions: {@link SkippedMarkersTest}. */
    private List<String> skippedMarkers() {
        return target.broker()
                .output()
                .lines()
                .filter(line -> line.contains("likely deleted already") && line.contains(target.transactionalId()))
                .toList();
    }

    private void round() throws Exception {
        RelayProcess hurt = target.relay();
        int mark = hurt.mark();
        fault.inject().run(target);
        boolean loud = fault.expected() != Expected.RECOVERS && isLoud(hurt, mark);
        fault.heal().run(target);
        if (fault.expected() == Expected.GAP && loud) {
            target.truth().accepted(Adopt.accept(target.config(), target.name()));
        }
        long healedAt = System.nanoTime();
        Event marker = target.load().marker();
        await(
                "an event that was committed after the fault",
                () -> target.reader().has(marker.id()),
                fault.expected() == Expected.RECOVERS);
        if (!target.reader().has(marker.id())) {
            throw new AssertionError("an event that was committed after the fault has not come, and never will");
        }
        recoverySeconds.add((System.nanoTime() - healedAt) / 1e9);
        if (fault.expected() == Expected.RECOVERS) {
            requireNotFailed(hurt, mark);
        }
        fault.tidy().run(target);
    }

    /** Waits for the condition, or until it is seen that it can't become true any more. */
    private void await(String what, BooleanSupplier condition, boolean failedIsFinal) {
        Outlook outlook = new Outlook(target, failedIsFinal);
        Threads.await(
                () -> what + "; the relay is " + target.relay().state() + " and says: "
                        + target.relay().lastWords(),
                Settings.PATIENCE,
                () -> condition.getAsBoolean() || isHopeless(outlook));
    }

    private boolean isHopeless(Outlook outlook) {
        settled = outlook.isHopeless();
        return settled;
    }

    /** The relay that was hurt, or the one that took its place, has to be loud. One with a defect may go on instead. */
    private boolean isLoud(RelayProcess hurt, int mark) {
        boolean defect = target.of().defect() != null;
        Threads.await(
                () -> "the stream to be FAILED; the relay is " + target.relay().state() + " and says: "
                        + target.relay().lastWords(),
                Settings.PATIENCE,
                () -> failure(hurt, mark) != null || (defect && target.relay().isRelayingAgain(mark)));
        String failure = failure(hurt, mark);
        if (failure == null) {
            failures.add("the stream went on as if nothing had been wrong");
            return false;
        }
        if (fault.expected() == Expected.GAP && Gap.find(failure).isEmpty()) {
            throw new AssertionError("the stream is FAILED, but names no range: " + failure);
        }
        return true;
    }

    private @Nullable String failure(RelayProcess hurt, int mark) {
        RelayProcess now = target.relay();
        return now.failureAfter(now == hurt ? mark : 0).orElse(null);
    }

    private void requireNotFailed(RelayProcess hurt, int mark) {
        String failure = failure(hurt, mark);
        if (failure != null) {
            throw new AssertionError("the stream was FAILED, though nothing was wrong that it can't mend: " + failure);
        }
    }

    private void awaitComplete() {
        target.witness();
        Every complete = new Every(LOOK_NANOS, target.truth()::isComplete);
        await("all that was committed", complete, true);
    }

    /** Stops the relay, which has to have nothing more to say, and judges. */
    private void end() {
        state = target.relay().state();
        int code = target.relay().terminate();
        if (!state.equals("RUNNING") || code != 0) {
            failures.add("expected the stream to be RUNNING and to end with 0, found " + state + " and " + code);
        }
        target.reader().awaitEnd();
        judge();
        settled = true;
        if (verdict != null && !verdict.passed()) {
            failures.addAll(verdict.defects());
        }
        boolean once = target.exactlyOnce() || fault.noDuplicates();
        if (verdict != null && once && verdict.duplicates() > 0) {
            failures.add(verdict.duplicates() + " records received again: "
                    + target.truth().repeated());
        }
    }

    private void judge() {
        verdict = target.truth().verdict();
        inGap = target.truth().missing().size() - target.truth().lost().size();
    }

    /** After a failure: the row says as much as is known. */
    private void judgeWhatThereIs() {
        try {
            target.load().stop();
            target.witness();
            target.reader().awaitEnd();
            judge();
        } catch (RuntimeException | AssertionError e) {
            failures.add("and could not be judged: " + e.getMessage());
        }
    }
}
