package dev.outbox.relay.route;

/** No topic can be made for an aggregate type; the message says why, and what to do. */
public final class UnroutableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnroutableException(String message) {
        super(message);
    }
}
