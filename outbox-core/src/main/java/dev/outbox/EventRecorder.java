package dev.outbox;

/**
 * Where {@link DomainEvents} go: a transaction that is active on a thread. Implemented by a write side, and entered into
 * {@link EventRecorders} by it; not called by applications. All methods are called on the thread that recorded.
 */
public interface EventRecorder {

    /** Whether its transaction still runs. Called by any thread. */
    boolean active();

    /** Whether the aggregate belongs to it for certain, as it is in its persistence context. */
    boolean manages(Object aggregate);

    /** Whether an instance of this class can belong to it. */
    boolean maps(Object aggregate);

    /**
     * Takes an event. From here on it is written, discarded, or fails the transaction.
     *
     * @throws OutboxException if the event can't be taken; the transaction can go on
     */
    void record(Object aggregate, RecordedEvent event);

    /**
     * Forgets what was recorded on the aggregate in this transaction; does nothing if there is nothing.
     *
     * @throws OutboxException if some of it is written already
     */
    void discard(Object aggregate);

    /** Whether its transaction waits on this thread while another one runs: it is told of nothing meanwhile. */
    default boolean suspended() {
        return false;
    }
}
