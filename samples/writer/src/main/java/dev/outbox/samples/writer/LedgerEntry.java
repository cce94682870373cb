package dev.outbox.samples.writer;

import java.util.UUID;

/**
 * An event as its writer accounts for it.
 *
 * @param eventId the event, as {@code publish} returned it
 * @param aggregateId the person
 * @param sequence 1 for the person's first event, one more for each further one: the commit order of this person
 */
public record LedgerEntry(UUID eventId, UUID aggregateId, long sequence) {}
