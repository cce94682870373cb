package dev.outbox.relay;

import dev.outbox.relay.replication.Backend;
import dev.outbox.relay.replication.ReplicationException;
import dev.outbox.relay.replication.ReplicationStream;
import dev.outbox.relay.replication.Source;
import java.time.Duration;
import java.util.Optional;

/** Opens streams, and knows the last one again where the server goes on to hold the slot for it. */
final class OwnStreams implements StreamOpener {

    private final StreamOpener opener;
    private Optional<Backend> last = Optional.empty();

    OwnStreams(StreamOpener opener) {
        this.opener = opener;
    }

    @Override
    public ReplicationStream open(Source source, Duration statusInterval) {
        ReplicationStream stream;
        try {
            stream = openAgainIfFreed(source, statusInterval);
        } catch (ReplicationException e) {
            throw e.slotHolder().isPresent() && e.slotHolder().equals(last) ? ownHolds(source, e) : e;
        }
        last = Optional.of(stream.backend());
        return stream;
    }

    private ReplicationStream openAgainIfFreed(Source source, Duration statusInterval) {
        try {
            return opener.open(source, statusInterval);
        } catch (ReplicationException e) {
            if (last.isPresent() && e.slotHeld() && e.slotHolder().isEmpty()) {
                // It may have gone between the refusal and the question.
                return opener.open(source, statusInterval);
            }
            throw e;
        }
    }

    private static SlotHeldException ownHolds(Source source, ReplicationException refusal) {
        return new SlotHeldException(
                "The slot '" + source.slot() + "' on " + source.address()
                        + " is still held by this relay's own connection of before (PID "
                        + refusal.slotHolder().orElseThrow().pid()
                        + "): the server has not noticed its end, and frees the slot after "
                        + source.walSenderTimeout().toMillis() / 1000.0
                        + " s of silence (wal-sender-timeout), or sooner.",
                true,
                refusal);
    }
}
