package dev.outbox.jpa;

import dev.outbox.OutboxException;
import dev.outbox.RecordedEvent;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One recorded event on its way to a row. */
final class Recording implements PendingRow {

    private enum State {
        /** No flush has seen its aggregate in the persistence context yet. */
        OPEN,
        /** The change it tells of is flushed, or there is none. */
        SECURED,
        /** In a batch: too late to discard. */
        WRITTEN,
        /** Taken back by the application, or taken over by another session. */
        DROPPED
    }

    private final RecordedEvent recorded;
    private final String aggregateType;
    private final Function<Object, @Nullable Object> identifierOf;
    private final @Nullable EventIntake intake;
    private Object aggregate;
    private @Nullable String type;
    private @Nullable OutboxRow unidentified;
    private @Nullable OutboxRow row;
    private State state = State.OPEN;

    /**
     * Serializes, unless the event is deferred.
     *
     * @param intake what makes its row; null where nothing can
     */
    Recording(
            Object aggregate,
            RecordedEvent recorded,
            Function<Object, @Nullable Object> identifierOf,
            @Nullable EventIntake intake) {
        this.identifierOf = identifierOf;
        this.aggregate = aggregate;
        this.recorded = recorded;
        this.intake = intake;
        this.aggregateType = Aggregates.type(aggregate);
        if (!recorded.deferred()) {
            freeze(recorded.event());
        }
    }

    private void freeze(@Nullable Object event) {
        type = EventTypes.of(event, recorded.options().type());
        if (intake != null) {
            unidentified = intake.recorded(recorded, event, aggregateType);
        }
    }

    Object aggregate() {
        return aggregate;
    }

    RecordedEvent recorded() {
        return recorded;
    }

    /** Another instance stands for the aggregate from now on: the managed copy of a merge. */
    void follow(Object copy) {
        aggregate = copy;
    }

    boolean open() {
        return state == State.OPEN;
    }

    void secure() {
        state = State.SECURED;
    }

    /** @throws OutboxException if it is too late for {@link #drop} */
    void requireNotWritten() {
        if (state == State.WRITTEN) {
            throw new OutboxException("The event " + this + " is written already by a flush of the outbox, and can't be"
                    + " discarded. Discard before, or roll the transaction back.");
        }
    }

    void drop() {
        state = State.DROPPED;
    }

    /** Makes the row of a secured event, whose aggregate has its identifier by now. */
    void complete() {
        if (row != null || intake == null || state != State.SECURED) {
            return;
        }
        if (unidentified == null) {
            freeze(recorded.event() instanceof Supplier<?> supplier ? supplier.get() : recorded.event());
        }
        OutboxRow frozen = unidentified;
        if (frozen == null) {
            throw new IllegalStateException("not frozen");
        }
        row = intake.identified(frozen, identifierOf.apply(aggregate));
    }

    @Override
    public UUID position() {
        return recorded.id();
    }

    @Override
    public String type() {
        return type == null ? "(deferred)" : type;
    }

    @Override
    public @Nullable OutboxRow row() {
        switch (state) {
            case DROPPED -> {
                return null;
            }
            case OPEN -> throw notCaptured("it was recorded after the last flush of its session");
            default -> {
                complete();
                return row;
            }
        }
    }

    @Override
    public void written() {
        if (state == State.SECURED) {
            state = State.WRITTEN;
        }
    }

    OutboxException notCaptured(String reason) {
        return new OutboxException("The event " + this + " can't be written, so the transaction can't commit: " + reason
                + ". Persist or merge the aggregate and let it be flushed, publish the event with Outbox.publish, or"
                + " take it back with DomainEvents.discard() where the aggregate is not to be persisted.");
    }

    /** Event and aggregate by their names, without the aggregate's own toString. */
    @Override
    public String toString() {
        return "'" + type() + "' of " + aggregateType + " ("
                + aggregate.getClass().getName() + ")";
    }
}
