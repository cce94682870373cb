package dev.outbox.relay.replication;

/**
 * What is published, by its own identities.
 *
 * @param publicationOid the publication's; 0 if there is none of its name that publishes inserts
 * @param entryOid that of the table's entry in it, or of its schema's; 0 where it is for all tables, -1 if it has neither
 * @param tableOid the table's; 0 if there is none of its name
 */
public record Published(long publicationOid, long entryOid, long tableOid) {

    /** Nothing is known yet. */
    public static final Published UNKNOWN = new Published(0, 0, 0);
}
