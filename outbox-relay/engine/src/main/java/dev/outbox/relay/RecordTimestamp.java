package dev.outbox.relay;

/** Which time becomes the record's timestamp. */
public enum RecordTimestamp {
    /** When the transaction committed. The default: brokers refuse times ahead of theirs and expire old ones at once. */
    COMMIT_TIME,
    /** When the event happened, by the {@code occurred_at} column; the commit's time where a row has none. */
    OCCURRED_AT
}
