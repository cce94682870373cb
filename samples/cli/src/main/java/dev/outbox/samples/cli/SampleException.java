package dev.outbox.samples.cli;

import org.jspecify.annotations.Nullable;

/** Something the user can act on; the message is one sentence that says what was found and what to do. */
public final class SampleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message what was found and what to do */
    public SampleException(String message) {
        super(message);
    }

    /**
     * @param message what was found and what to do
     * @param cause what went wrong underneath
     */
    public SampleException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
