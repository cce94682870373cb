package dev.outbox.relay;

/**
 * What a stream reads, by the identities that PostgreSQL gives: a name can come to mean something else, and everything
 * that committed in between is then missing from the stream.
 *
 * @param systemIdentifier the server's, as IDENTIFY_SYSTEM tells it; the same on primary and standbys, and after a restore
 * @param slot the slot's name; slots have no other identity
 * @param publicationOid the publication's
 * @param entryOid that of the table's entry in the publication, or of its schema's entry; 0 where the publication is for
 *     all tables
 * @param tableOid the table's
 */
public record SourceIdentity(String systemIdentifier, String slot, long publicationOid, long entryOid, long tableOid) {}
