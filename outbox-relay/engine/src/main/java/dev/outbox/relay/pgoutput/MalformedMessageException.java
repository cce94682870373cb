package dev.outbox.relay.pgoutput;

/**
 * Bytes that are no message of pgoutput protocol version 1, or messages that don't fit together. Nothing can be
 * concluded from what follows on the same stream: stop it, and open it again from the last confirmed position. If that
 * fails in the same place, the server speaks another version of the protocol or something between is at fault.
 *
 * <p>The text says which message, which field, at which offset (from the message's type byte, which is 0), what was
 * expected and what was found; it never holds a column's or a message's content.
 */
public final class MalformedMessageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    MalformedMessageException(String message) {
        super(message);
    }

    static MalformedMessageException of(String message, String field, int offset, String expected, String found) {
        return new MalformedMessageException("Malformed " + message + ": " + field + " at offset " + offset
                + ": expected " + expected + ", found " + found);
    }
}
