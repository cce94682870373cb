package dev.outbox.relay;

import org.jspecify.annotations.Nullable;

/**
 * Root of all exceptions that the engine throws. The message is written for the person on call: what was expected, what
 * was found, where, and what to do.
 */
public class RelayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean retriable;

    /**
     * @param message what was expected, what was found, where, what to do
     * @param retriable whether the same call may well succeed later with nothing mended by hand
     * @param cause what went wrong underneath
     */
    public RelayException(String message, boolean retriable, @Nullable Throwable cause) {
        super(message, cause);
        this.retriable = retriable;
    }

    /**
     * Whether the engine may well start again by itself: a lost connection, a slot still held by another relay, a record
     * that the host could not deliver. False where somebody has to mend something first.
     */
    public boolean retriable() {
        return retriable;
    }

    /** The same for the thread that calls now, with this as its cause. */
    RelayException again() {
        return new RelayException(Failures.message(this), retriable, this);
    }
}
