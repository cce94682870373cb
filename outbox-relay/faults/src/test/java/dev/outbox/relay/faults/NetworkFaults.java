package dev.outbox.relay.faults;

import java.time.Duration;
import java.util.List;

/** What happens to the network between the relay and one of its servers. */
final class NetworkFaults {

    private NetworkFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("network: reset to PostgreSQL")
                        .inject(target -> target.postgresLink().reset())
                        .build(),
                Fault.named("network: black hole to PostgreSQL")
                        .inject(target -> {
                            target.postgresLink().blackHole();
                            target.last(Duration.ofSeconds(3));
                        })
                        .heal(target -> target.postgresLink().heal())
                        .build());
    }
}
