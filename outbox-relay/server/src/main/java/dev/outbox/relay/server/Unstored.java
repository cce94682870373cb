package dev.outbox.relay.server;

import dev.outbox.relay.Checkpoint;
import dev.outbox.relay.Position;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * How far a stream was sent by attempts that failed, and how far it is stored: what lies between the two comes again. For
 * the stream's thread, but for {@link #stored}.
 */
final class Unstored {

    private @Nullable Position sent;
    private volatile @Nullable Checkpoint stored;

    /** An attempt has ended that sent so far. */
    void sent(Position last) {
        if (sent == null || isBeyond(last, sent)) {
            sent = last;
        }
    }

    /** An attempt begins on a log that goes so far: what was sent beyond was on a branch that is lost. */
    void begins(LogSequenceNumber end) {
        if (sent != null && sent.commitLsn().compareTo(end) > 0) {
            sent = new Position(sent.timeline(), end, -1);
        }
    }

    /** Everything up to here is stored as delivered. From any thread. */
    void stored(Checkpoint last) {
        stored = last;
    }

    /** Whether an attempt that has come so far has repeated all that others had sent. */
    boolean isRepeatedBy(Position position) {
        return sent == null || !isBeyond(sent, position);
    }

    /** Whether nothing that was sent comes again. */
    boolean isNothing() {
        Checkpoint known = stored;
        return sent == null || (known != null && (isRepeatedBy(known.position()) || isBehind(known.confirmableLsn())));
    }

    private boolean isBehind(LogSequenceNumber confirmable) {
        return sent != null && sent.commitLsn().compareTo(confirmable) < 0;
    }

    /** On a new timeline as well: what was sent keeps its LSN there, or is gone. */
    private static boolean isBeyond(Position one, Position other) {
        int order = one.commitLsn().compareTo(other.commitLsn());
        return order > 0 || (order == 0 && one.index() > other.index());
    }
}
