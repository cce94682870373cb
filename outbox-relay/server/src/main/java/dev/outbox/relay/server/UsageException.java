package dev.outbox.relay.server;

/** The command line asks for something that the configuration does not have, or that does not go together. */
public final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** The message names the option, what was expected and what was found. */
    public UsageException(String message) {
        super(message);
    }
}
