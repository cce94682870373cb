package dev.outbox.jpa;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event that waits for the end of its transaction. */
interface PendingRow {

    /** Drawn when the event was published or recorded: they are written in the order of their positions. */
    UUID position();

    /** The event's type, or its class as long as there is no event. */
    String type();

    /**
     * The row to write, or null for none. Called by the transaction that writes it, again if another row was refused.
     *
     * @throws dev.outbox.OutboxException if the event must not be written, and so the transaction must not commit
     */
    @Nullable OutboxRow row();

    /** Called once, when {@link #row} goes into a batch with all others. */
    default void written() {}

    /** A row that is complete. */
    static PendingRow of(UUID position, OutboxRow row) {
        return new PendingRow() {
            @Override
            public UUID position() {
                return position;
            }

            @Override
            public String type() {
                return row.type();
            }

            @Override
            public OutboxRow row() {
                return row;
            }
        };
    }
}
