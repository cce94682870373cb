package dev.outbox.jpa;

/** How long a row stays in the outbox table. */
public enum Retention {
    /** Until the application prunes it: the table can heal a lost replication slot. */
    KEEP,
    /**
     * Not at all: deleted in the transaction that inserts it, one statement for all its rows. The relay reads the insert
     * from the write-ahead log and passes over the delete; the table stays empty, and can't heal a lost slot.
     */
    DELETE_AFTER_INSERT
}
