package dev.outbox.relay.replication;

/**
 * What is published, by its own identities.
 *
 * @param publicationOid the publication's
 * @param entryOid that of the table's entry in it, or of its schema's; 0 where it is for all tables
 * @param tableOid the table's
 */
public record Published(long publicationOid, long entryOid, long tableOid) {}
