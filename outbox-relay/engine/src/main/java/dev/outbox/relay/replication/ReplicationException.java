package dev.outbox.relay.replication;

import org.jspecify.annotations.Nullable;

/** Something about the database that the person on call reads about: expected, found, where, what to do. */
public final class ReplicationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean retriable;

    ReplicationException(String message, boolean retriable, @Nullable Throwable cause) {
        super(message, cause);
        this.retriable = retriable;
    }

    /** Whether the same may well succeed later with nothing mended by hand. */
    public boolean retriable() {
        return retriable;
    }
}
