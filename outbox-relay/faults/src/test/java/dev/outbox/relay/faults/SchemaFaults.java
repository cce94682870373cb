package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import java.util.List;

/** What happens to table, publication and slot. */
final class SchemaFaults {

    private SchemaFaults() {}

    static List<Fault> all() {
        return List.of(
                Fault.named("schema: publication dropped")
                        .expects(Expected.GAP)
                        .inject(target -> target.sql("DROP PUBLICATION outbox"))
                        .build(),
                Fault.named("slot: dropped")
                        .expects(Expected.GAP)
                        .inject(SchemaFaults::dropSlot)
                        .build());
    }

    /** It can't be dropped while it is streamed from: its walsender is ended first. */
    static void dropSlot(Target target) {
        target.await("the slot to be dropped", () -> {
            target.walsender().ifPresent(pid -> target.query("SELECT pg_terminate_backend(" + pid + ")"));
            return target.query("SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots"
                            + " WHERE slot_name = '" + target.name() + "' AND NOT active")
                    .equals("1");
        });
    }
}
