package dev.outbox.relay.server.status;

/** What a stream is about. */
public enum StreamState {
    /** Before its first attempt has come up, or between two. */
    STARTING,
    /** Another relay holds the slot; this one takes over when it is gone. */
    STANDBY,
    /** Relaying. */
    RUNNING,
    /** Told to relay nothing. Its slot goes on retaining WAL. */
    PAUSED,
    /** Something is wrong that no retry mends by itself. It is looked at again from time to time. */
    FAILED,
    /** Ended on request. */
    STOPPED
}
