package dev.outbox.relay.replication;

import org.jspecify.annotations.Nullable;

/** Something about the database that the person on call reads about: expected, found, where, what to do. */
public final class ReplicationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean retriable;
    private final boolean slotHeld;

    ReplicationException(String message, boolean retriable, @Nullable Throwable cause) {
        this(message, retriable, false, cause);
    }

    private ReplicationException(String message, boolean retriable, boolean slotHeld, @Nullable Throwable cause) {
        super(message, cause);
        this.retriable = retriable;
        this.slotHeld = slotHeld;
    }

    static ReplicationException slotHeld(String message, Throwable cause) {
        return new ReplicationException(message, true, true, cause);
    }

    /** Whether the same may well succeed later with nothing mended by hand. */
    public boolean retriable() {
        return retriable;
    }

    /** Whether another connection streams from the slot. */
    public boolean slotHeld() {
        return slotHeld;
    }
}
