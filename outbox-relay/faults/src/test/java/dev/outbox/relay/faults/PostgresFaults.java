package dev.outbox.relay.faults;

import java.util.List;

/** What happens to the database's server. */
final class PostgresFaults {

    private PostgresFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("postgres: immediate stop")
                        .inject(target -> target.postgres().stop("immediate"))
                        .heal(target -> target.postgres().restart())
                        .build(),
                Fault.named("postgres: SIGKILL of the postmaster")
                        .inject(target -> target.postgres().kill())
                        .heal(target -> target.postgres().restart())
                        .build());
    }
}
