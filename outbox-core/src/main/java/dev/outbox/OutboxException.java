package dev.outbox;

import org.jspecify.annotations.Nullable;

/**
 * Root of all exceptions that the write side throws. The message says what was expected, what was found and what to do;
 * it never contains a payload.
 */
public class OutboxException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what was expected, what was found, what to do */
    public OutboxException(String message) {
        super(message);
    }

    /**
     * @param message what was expected, what was found, what to do
     * @param cause what went wrong underneath
     */
    public OutboxException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
