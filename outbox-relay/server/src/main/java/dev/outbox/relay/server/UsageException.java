package dev.outbox.relay.server;

/** A command can't be carried out as it was given. The message is for whoever gave it. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
