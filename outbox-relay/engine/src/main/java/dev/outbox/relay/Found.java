package dev.outbox.relay;

import dev.outbox.relay.pgoutput.LogSequenceNumber;
import dev.outbox.relay.replication.TimelineHistory;
import java.util.function.IntFunction;

/**
 * What a start finds on the server, once it holds the slot.
 *
 * @param address the server, as messages name it
 * @param identity what would be read
 * @param timeline the server's
 * @param slotLsn up to where the slot was confirmed
 * @param currentLsn how far the server's log goes
 * @param inRecovery whether the server is a standby, whose log may lag
 * @param history asks the server for a timeline's history
 */
record Found(
        String address,
        SourceIdentity identity,
        int timeline,
        LogSequenceNumber slotLsn,
        LogSequenceNumber currentLsn,
        boolean inRecovery,
        IntFunction<TimelineHistory> history) {}
