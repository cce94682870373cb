package dev.outbox.relay.faults;

import dev.outbox.relay.faults.Fault.Expected;
import java.util.List;

/** What happens to the slot. */
final class SlotFaults {

    private static final int MOST_SEGMENTS = 20;

    private SlotFaults() {}

    static List<Fault> all() {
        return List.of(
                gap("dropped").inject(SlotFaults::drop).build(),
                gap("made anew").inject(SlotFaults::makeAnew).build(),
                gap("lost by max_slot_wal_keep_size")
                        .inject(SlotFaults::outgrow)
                        .tidy(target -> limitKeptLog(target, "RESET max_slot_wal_keep_size"))
                        .build());
    }

    private static Fault.Builder gap(String what) {
        return Fault.named("slot: " + what).expects(Expected.GAP);
    }

    /** It can't be dropped while it is streamed from: its walsender is ended first. */
    private static void drop(Target target) {
        target.await("the slot to be dropped", () -> {
            target.walsender().ifPresent(pid -> target.query("SELECT pg_terminate_backend(" + pid + ")"));
            return target.query("SELECT count(pg_drop_replication_slot(slot_name)) FROM pg_replication_slots"
                            + " WHERE slot_name = '" + target.name() + "' AND NOT active")
                    .equals("1");
        });
    }

    private static void makeAnew(Target target) {
        drop(target);
        target.load().awaitCommits(target.random().nextInt(20));
        target.query("SELECT pg_create_logical_replication_slot('" + target.name() + "', 'pgoutput')");
    }

    /** The brokers are away, so nothing is confirmed, and the server writes more than it may keep. */
    private static void outgrow(Target target) throws Exception {
        limitKeptLog(target, "SET max_slot_wal_keep_size = '48MB'");
        target.brokerLink().blackHole();
        target.load().awaitCommits(20);
        for (int segments = 0; !isLost(target); segments++) {
            if (segments > MOST_SEGMENTS) {
                throw new AssertionError("expected the slot to be lost after so many segments, found that it is not");
            }
            target.query("SELECT pg_switch_wal()");
            target.sql("CHECKPOINT");
            // Or the witness is lost with it.
            target.witness();
        }
        target.brokerLink().heal();
    }

    private static boolean isLost(Target target) {
        return target.query("SELECT wal_status FROM pg_replication_slots WHERE slot_name = '" + target.name() + "'")
                .equals("lost");
    }

    private static void limitKeptLog(Target target, String setting) {
        target.sql("ALTER SYSTEM " + setting);
        target.query("SELECT pg_reload_conf()");
    }
}
