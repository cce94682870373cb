package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Position;
import dev.outbox.relay.server.status.Paused;
import org.jspecify.annotations.Nullable;

/**
 * What a record of the position topic says.
 *
 * @param epoch how many relays have taken the slot before the one that wrote it
 * @param checkpoint how far the stream is delivered
 * @param transactionalId of the producer that wrote it, if it used transactions
 * @param adopted the last gap that was accepted; carried from record to record, for the topic is compacted
 * @param paused that the stream is to be left alone, if it is; carried in the same way
 */
public record PositionRecord(
        long epoch,
        Checkpoint checkpoint,
        @Nullable String transactionalId,
        @Nullable Adopted adopted,
        @Nullable Paused paused) {

    /** Of a stream that never had a gap, and is not paused. */
    PositionRecord(long epoch, Checkpoint checkpoint, @Nullable String transactionalId) {
        this(epoch, checkpoint, transactionalId, null, null);
    }

    /**
     * Whether this record counts although the other was written later. One of a lower epoch comes from a relay that had
     * lost the slot and did not know; of one epoch's records, none goes back.
     */
    boolean outweighs(PositionRecord later) {
        return epoch > later.epoch || (epoch == later.epoch && isBeyond(later.checkpoint));
    }

    private boolean isBeyond(Checkpoint other) {
        Position here = checkpoint.position();
        Position there = other.position();
        if (here.timeline() != there.timeline()) {
            return here.timeline() > there.timeline();
        }
        return here.equals(there)
                ? checkpoint.confirmableLsn().compareTo(other.confirmableLsn()) > 0
                : there.isAtOrBefore(here);
    }
}
