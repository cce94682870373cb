package dev.outbox.relay;

import org.jspecify.annotations.Nullable;

/** One row can't become a record, whatever is tried; the rows around it can. Its message holds nothing of the payload. */
final class RowException extends RelayException {

    private static final long serialVersionUID = 1L;

    /** In characters: ids and types may be of any length where the columns are {@code text}. */
    private static final int LONGEST_MESSAGE = 2_000;

    RowException(String message, @Nullable Throwable cause) {
        super(
                message.length() <= LONGEST_MESSAGE ? message : message.substring(0, LONGEST_MESSAGE) + "…",
                false,
                cause);
    }
}
