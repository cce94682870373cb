package dev.outbox.relay.faults;

import java.util.List;
import java.util.stream.Stream;

/** The suite proves itself: each defect under a fault that the relay survives as it is shipped. */
final class Defects {

    private static final int VERSION = 18;

    private Defects() {}

    static List<Case> all() {
        return Stream.of(
                        of(
                                Defect.AUTOMATIC_FLUSH,
                                "relay: SIGKILL in the middle of a long transaction",
                                Mode.AT_LEAST_ONCE),
                        of(
                                Defect.CONFIRM_BEFORE_ACK,
                                "relay: SIGKILL while too few replicas are in sync",
                                Mode.AT_LEAST_ONCE),
                        of(Defect.ACK_IGNORES_FAILURES, "broker: right to write taken away", Mode.AT_LEAST_ONCE),
                        // At least once, the event that is skipped may be one that was sent before.
                        of(Defect.SKIPPED_FIRST_EVENT, "relay: SIGKILL", Mode.EXACTLY_ONCE),
                        of(
                                Defect.TIMELINES_COMPARED,
                                "fail-over: to a standby that lacks the end of the log",
                                Mode.AT_LEAST_ONCE))
                .filter(Settings::selects)
                .toList();
    }

    private static Case of(Defect defect, String fault, Mode mode) {
        Fault found = Faults.all().stream()
                .filter(one -> one.name().equals(fault))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no fault is called '" + fault + "'"));
        return new Case(found, mode, VERSION, defect);
    }
}
