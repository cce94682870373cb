package dev.outbox.samples.writer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a transaction ended, and what it had published by then. */
sealed interface Outcome {

    List<LedgerEntry> published();

    /** COMMIT was confirmed. */
    record Committed(List<LedgerEntry> published) implements Outcome {}

    /**
     * It is certain that nothing was committed.
     *
     * @param trouble what went wrong, or null if the rollback was meant, or a conflict with another transaction
     */
    record RolledBack(List<LedgerEntry> published, @Nullable RuntimeException trouble) implements Outcome {}

    /** COMMIT was sent and not answered: the ledger knows. */
    record Unknown(List<LedgerEntry> published, RuntimeException trouble) implements Outcome {}
}
