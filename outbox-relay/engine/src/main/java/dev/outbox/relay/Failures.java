package dev.outbox.relay;

import dev.outbox.relay.pgoutput.MalformedMessageException;
import dev.outbox.relay.replication.ReplicationException;

/** Turns what the packages below throw into what hosts see. */
final class Failures {

    private Failures() {}

    static RelayException of(Throwable thrown) {
        if (thrown instanceof RelayException known) {
            return known;
        }
        if (thrown instanceof ReplicationException replication) {
            return replication.slotHeld()
                    ? new SlotHeldException(message(replication), false, replication)
                    : new RelayException(message(replication), replication.retriable(), replication);
        }
        if (thrown instanceof MalformedMessageException malformed) {
            return new RelayException(
                    "The server sent something that is not pgoutput version 1: " + malformed.getMessage(),
                    true,
                    malformed);
        }
        return new RelayException("The engine failed unexpectedly: " + thrown, true, thrown);
    }

    /** The message with a full stop. */
    static String sentence(Throwable thrown) {
        String message = message(thrown);
        return message.endsWith(".") ? message : message + ".";
    }

    /** The message, or the class where there is none. */
    static String message(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null ? thrown.toString() : message;
    }
}
