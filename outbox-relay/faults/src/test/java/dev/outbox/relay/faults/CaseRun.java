package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import dev.outbox.samples.check.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One case from its first relay to its row. */
final class CaseRun {

    private static final long LOOK_NANOS = Duration.ofMillis(200).toNanos();

    private final Target target;
    private final Fault fault;
    private final List<Double> recoverySeconds = new ArrayList<>();
    private final List<String> failures = new ArrayList<>();
    private int rounds;
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
            target.startRelay();
            target.load().start(target.random());
            int asked = fault.rounds(Settings.rounds());
            while (rounds < asked) {
                target.load().awaitCommits(10 + target.random().nextInt(30));
                round();
                rounds++;
            }
            target.load().awaitCommits(10);
            target.load().stop();
            awaitComplete();
            fault.end().run(target);
            end();
        } catch (Exception | AssertionError e) {
            failures.add("in round " + (rounds + 1) + ": " + e.getMessage());
            state = target.relays().isEmpty() ? state : target.relay().state();
            judgeWhatThereIs();
        }
        return new Row(target.of(), rounds, verdict, inGap, recoverySeconds, state, failures);
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
        Threads.await(
                () -> "an event that was committed after the fault; the relay is "
                        + target.relay().state() + " and says: "
                        + target.relay().lastWords(),
                Settings.PATIENCE,
                () -> target.reader().has(marker.id()));
        recoverySeconds.add((System.nanoTime() - healedAt) / 1e9);
        if (fault.expected() == Expected.RECOVERS) {
            requireNotFailed(hurt, mark);
        }
        fault.tidy().run(target);
    }

    /** The relay that was hurt, or the one that took its place, has to be loud. */
    private void awaitFailed(RelayProcess hurt, int mark) {
        Threads.await(
                () -> "the stream to be FAILED; the relay is " + target.relay().state() + " and says: "
                        + target.relay().lastWords(),
                Settings.PATIENCE,
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

    private void awaitComplete() throws Exception {
        target.witness();
        Threads.await(
                () -> "all that was committed; missing are "
                        + target.truth().lost().size() + ", the relay is "
                        + target.relay().state() + " and says: "
                        + target.relay().lastWords(),
                Settings.PATIENCE,
                new Threads.Every(LOOK_NANOS, target.truth()::isComplete));
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
        } catch (Exception | AssertionError e) {
            failures.add("and could not be judged: " + e.getMessage());
        }
    }
}
