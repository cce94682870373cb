package dev.outbox.relay;

import dev.outbox.relay.replication.SlotSighting;
import dev.outbox.relay.replication.Source;
import dev.outbox.relay.replication.SourceProbe;
import java.util.Objects;

/** Looks at a slot. */
final class SlotLook {

    private SlotLook() {}

    /** On a connection of its own. */
    static SlotStatus at(Source source) {
        try (SourceProbe probe = SourceProbe.connect(source)) {
            return with(probe);
        }
    }

    /** The time is that before the question: all that committed by then lies below the server's LSN. */
    static SlotStatus with(SourceProbe probe) {
        long now = System.currentTimeMillis();
        SlotSighting seen = probe.slot();
        return new SlotStatus(
                now,
                seen.serverLsn(),
                seen.confirmedLsn(),
                seen.restartLsn(),
                seen.exists() ? Objects.requireNonNullElse(seen.walStatus(), SlotStatus.NONE) : SlotStatus.MISSING,
                seen.safeWalBytes(),
                seen.active());
    }
}
