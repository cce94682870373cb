package dev.outbox.relay.faults;

import java.util.List;

/** What happens to the broker. */
final class BrokerFaults {

    private BrokerFaults() {}

    static List<Fault> all() {
        return List.of(Fault.named("broker: SIGKILL")
                .inject(target -> target.broker().kill())
                .heal(target -> target.broker().restart())
                .build());
    }
}
