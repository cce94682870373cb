package dev.outbox.relay.faults;

import java.util.List;

/** What happens to the relay's own process. */
final class RelayFaults {

    private RelayFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("relay: SIGKILL")
                        .inject(target -> target.relay().kill())
                        .heal(Target::startRelay)
                        .build(),
                Fault.named("relay: SIGTERM under load")
                        .inject(RelayFaults::terminate)
                        .heal(Target::startRelay)
                        .noDuplicates()
                        .build());
    }

    private static void terminate(Target target) {
        int code = target.relay().terminate();
        if (code != 0) {
            throw new AssertionError("expected the exit code 0 after SIGTERM, found " + code + ": "
                    + target.relay().lastWords());
        }
    }
}
