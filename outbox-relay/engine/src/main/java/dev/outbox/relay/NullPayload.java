package dev.outbox.relay;

/** What a row whose payload is NULL becomes. */
public enum NullPayload {
    /** A record with an empty value: an event without content. The default. */
    EMPTY,
    /** A record without value, which deletes its key from a compacted topic. */
    TOMBSTONE
}
