package dev.outbox.relay.replication;

import java.time.Duration;
import java.util.Optional;

/** Streams opened as they must not be, to see that tests notice. */
public final class WrongStreams {

    private WrongStreams() {}

    /** With pgjdbc's default, withAutomaticFlush(true) in place of withAutomaticFlush(false). */
    public static ReplicationStream withAutomaticFlush(Source source, Duration statusInterval) {
        return ReplicationStream.open(source, statusInterval, options -> options.withAutomaticFlush(true));
    }

    /** What the server's refusal comes to where the holder ends before it is asked for. */
    public static ReplicationException heldUntilJustNow() {
        return ReplicationException.slotHeld("The slot is held by another connection.", Optional.empty(), null);
    }
}
