package dev.outbox.samples.writer;

import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/**
 * What a writer did so far, by its own account.
 *
 * @param committedTransactions transactions whose commit was confirmed
 * @param rolledBackTransactions transactions that were rolled back, on purpose or for a conflict
 * @param unansweredTransactions transactions whose commit got no answer because the connection was lost
 * @param committedEvents events that were committed; once the writer has ended, also those of unanswered commits that
 *     the ledger holds
 * @param rolledBackEvents events that were not, which nobody may ever receive
 * @param elapsed since the first transaction
 */
public record WriterResult(
        long committedTransactions,
        long rolledBackTransactions,
        long unansweredTransactions,
        long committedEvents,
        Set<UUID> rolledBackEvents,
        Duration elapsed) {

    /** All transactions that were tried. */
    public long transactions() {
        return committedTransactions + rolledBackTransactions + unansweredTransactions;
    }
}
