package dev.outbox.relay.server.status;

/** A stream to be looked at. From any thread; neither method blocks. */
public interface WatchedStream {

    /** Its name in the configuration. */
    String name();

    /** How it is now. */
    StreamStatus status();
}
