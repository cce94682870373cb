package dev.outbox.relay.replication;

import java.time.Duration;

/** Streams opened as they must not be, to see that tests notice. */
public final class WrongStreams {

    private WrongStreams() {}

    /** With pgjdbc's default, withAutomaticFlush(true) in place of withAutomaticFlush(false). */
    public static ReplicationStream withAutomaticFlush(Source source, Duration statusInterval) {
        return ReplicationStream.open(source, statusInterval, options -> options.withAutomaticFlush(true));
    }
}
