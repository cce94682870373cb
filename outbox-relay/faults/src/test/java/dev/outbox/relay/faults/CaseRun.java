package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import dev.outbox.relay.faults.Threads.Every;
import dev.outbox.samples.check.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One case from its first relay to its row. */
final class CaseRun {

    private static final int LOOKS_THAT_TELL = 3;
    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final Target target;
    private final Fault fault;
    private final List<Double> recoverySeconds = new ArrayList<>();
    private final long beganAt = System.nanoTime();
    private final List<String> failures = new ArrayList<>();
    private String state = "not known";
    private @Nullable Verdict verdict;
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
            judgeWhatThereIs();
        }
        return new Row(
                target.of(),
                target.round(),
                verdict,
                inGap,
                recoverySeconds,
                (System.nanoTime() - beganAt) / 1e9,
                state,
                failures);
    }

    private void round() throws Exception {
        RelayProcess hurt = target.relay();
        int mark = hurt.mark();
        fault.inject().run(target);
        if (fault.expected() != Expected.RECOVERS) {
            awaitFailed(hurt, mark);
        }
        fault.heal().run(target);
        if (fault.expected() == Expected.GAP) {
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
        String end = target.query("SELECT pg_current_wal_lsn()");
        AtomicInteger looks = new AtomicInteger();
        // What was confirmed just now may still be on its way to the reader.
        Every nothingMore = new Every(
                LOOK_NANOS,
                () -> looks.updateAndGet(before -> nothingMoreComes(end, failedIsFinal) ? before + 1 : 0)
                        >= LOOKS_THAT_TELL);
        Threads.await(
                () -> what + "; the relay is " + target.relay().state() + " and says: "
                        + target.relay().lastWords(),
                Settings.PATIENCE,
                () -> condition.getAsBoolean() || nothingMore.getAsBoolean());
    }

    /** All of the log up to there is confirmed and read; or the relay will not go on. */
    private boolean nothingMoreComes(String end, boolean failedIsFinal) {
        String state = target.relay().state();
        if (state.startsWith("ended") || (failedIsFinal && state.equals("FAILED"))) {
            return true;
        }
        return target.reader().isIdle()
                && target.query("SELECT confirmed_flush_lsn >= '" + end
                                + "' FROM pg_replication_slots WHERE slot_name = '" + target.name() + "'")
                        .equals("t");
    }

    /** The relay that was hurt, or the one that took its place, has to be loud. */
    private void awaitFailed(RelayProcess hurt, int mark) {
        Threads.await(
                () -> "the stream to be FAILED; the relay is " + target.relay().state() + " and says: "
                        + target.relay().lastWords(),
                // A relay with a defect is not expected to say so.
                target.of().defect() == null ? Settings.PATIENCE : Settings.PATIENCE.dividedBy(4),
                () -> failure(hurt, mark) != null);
        String failure = failure(hurt, mark);
        if (fault.expected() == Expected.GAP
                && Gap.find(failure == null ? "" : failure).isEmpty()) {
            throw new AssertionError("the stream is FAILED, but names no range: " + failure);
        }
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
        if (verdict != null && !verdict.passed()) {
            failures.addAll(verdict.defects());
        }
        boolean once = target.exactlyOnce() || fault.noDuplicates();
        if (verdict != null && once && verdict.duplicates() > 0) {
            failures.add(verdict.duplicates() + " records received again");
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
