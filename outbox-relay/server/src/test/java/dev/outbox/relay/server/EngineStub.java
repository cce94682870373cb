package dev.outbox.relay.server;

import dev.outbox.relay.Position;
import dev.outbox.relay.SlotStatus;
import dev.outbox.relay.StreamProgress;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.util.Optional;
import java.util.OptionalLong;

/** How far an engine says it is. LSNs are numbers here. */
final class EngineStub {

    long received;
    long acknowledged;
    long committedAtMillis;
    long confirmed;
    Optional<SlotStatus> slot = Optional.empty();

    Optional<StreamProgress> progress() {
        return Optional.of(new StreamProgress(
                new LogSequenceNumber(received),
                new Position(1, new LogSequenceNumber(acknowledged), 0),
                new LogSequenceNumber(acknowledged),
                committedAtMillis,
                new LogSequenceNumber(confirmed),
                4_711,
                slot));
    }

    static SlotStatus slot(long askedAtMillis, long server, long confirmed) {
        return new SlotStatus(
                askedAtMillis,
                new LogSequenceNumber(server),
                new LogSequenceNumber(confirmed),
                new LogSequenceNumber(confirmed - 50),
                "reserved",
                OptionalLong.empty(),
                true);
    }
}
