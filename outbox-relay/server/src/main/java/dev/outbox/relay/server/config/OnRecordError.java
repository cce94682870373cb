package dev.outbox.relay.server.config;

/** What becomes of an event that can't be delivered for what it is, while those around it can. */
public enum OnRecordError {
    /** Nothing from it on is confirmed, and it is tried again until its cause is gone. */
    STOP,
    /** It goes to the dead-letter topic, with the reason, and the stream goes on. */
    DEAD_LETTER,
    /** It is logged and counted, and the stream goes on. */
    SKIP
}
