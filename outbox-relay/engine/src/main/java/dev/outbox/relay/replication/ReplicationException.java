package dev.outbox.relay.replication;

import dev.outbox.relay.check.Finding;
import dev.outbox.relay.pgoutput.LogSequenceNumber;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Something about the database that the person on call reads about: expected, found, where, what to do. */
public final class ReplicationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean retriable;
    private final boolean slotHeld;
    private final transient @Nullable Backend slotHolder;
    private final transient @Nullable LogSequenceNumber gapAfter;
    private final transient @Nullable Finding finding;

    ReplicationException(String message, boolean retriable, @Nullable Throwable cause) {
        this(message, retriable, false, null, null, null, cause);
    }

    private ReplicationException(
            String message,
            boolean retriable,
            boolean slotHeld,
            @Nullable Backend slotHolder,
            @Nullable LogSequenceNumber gapAfter,
            @Nullable Finding finding,
            @Nullable Throwable cause) {
        super(message, cause);
        this.retriable = retriable;
        this.slotHeld = slotHeld;
        this.slotHolder = slotHolder;
        this.gapAfter = gapAfter;
        this.finding = finding;
    }

    static ReplicationException slotHeld(String message, Optional<Backend> holder, @Nullable Throwable cause) {
        return new ReplicationException(message, true, true, holder.orElse(null), null, null, cause);
    }

    /** @param afterLsn up to where nothing is lost, {@link LogSequenceNumber#INVALID} if the server can't tell */
    static ReplicationException gap(String message, LogSequenceNumber afterLsn, @Nullable Throwable cause) {
        return new ReplicationException(message, false, false, null, afterLsn, null, cause);
    }

    /** No connection, and the same as a finding. */
    static ReplicationException refused(String message, boolean retriable, Finding finding, Throwable cause) {
        return new ReplicationException(message, retriable, false, null, null, finding, cause);
    }

    /** Whether the same may well succeed later with nothing mended by hand. */
    public boolean retriable() {
        return retriable;
    }

    /** Whether another connection streams from the slot. */
    public boolean slotHeld() {
        return slotHeld;
    }

    /** Which one, where the server tells. */
    public Optional<Backend> slotHolder() {
        return Optional.ofNullable(slotHolder);
    }

    /**
     * Up to where nothing is lost, if this says that something may be: {@link LogSequenceNumber#INVALID} where the server
     * can't tell. Null for anything else that went wrong.
     */
    public @Nullable LogSequenceNumber gapAfter() {
        return gapAfter;
    }

    /** Whether the server lets nobody in for now: it is stopping, or starting. */
    public boolean stopsOrStarts() {
        return getCause() instanceof SQLException refused
                && SqlErrors.state(refused).equals(SqlErrors.CANNOT_CONNECT_NOW);
    }

    /** The same as a finding, if it is that a connection can't be made. */
    public @Nullable Finding finding() {
        return finding;
    }
}
