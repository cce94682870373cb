package dev.outbox.jpa.testkit;

import dev.outbox.EventOptions;
import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * An {@link Outbox} for unit tests, without database and transaction: it records what is published at the call.
 *
 * <p>What the real outbox refuses it refuses too, with the same exception, and it serializes as the real one does, so
 * that an event without a name or a serializer shows in the unit test. It knows no transaction: it does not ask for one,
 * and a rollback takes nothing back.
 *
 * <p>For use by any number of threads; the events are in the order in which their calls ended.
 */
public final class RecordingOutbox implements Outbox {

    private final List<OutboxEvent> events = new CopyOnWriteArrayList<>();
    private final EventSerializer serializer;
    private final Outbox outbox;

    /**
     * An outbox of the default settings.
     *
     * @throws OutboxException if Jackson 3 is not on the classpath, which the default serializer needs
     */
    public RecordingOutbox() {
        this(JpaOutbox.builder().build());
    }

    /** An outbox with the serializer, limits and header contributors of the application's own. */
    public RecordingOutbox(JpaOutbox settings) {
        this.serializer = settings.serializer();
        this.outbox = settings.to(events::add);
    }

    @Override
    public UUID publish(String aggregateType, Object aggregateId, Object event, Consumer<EventOptions> options) {
        return outbox.publish(aggregateType, aggregateId, event, options);
    }

    /** What was published so far; a copy. */
    public List<OutboxEvent> events() {
        return List.copyOf(events);
    }

    /** Forgets what was published so far, such as what the preparation of a test published. */
    public void clear() {
        events.clear();
    }

    EventSerializer serializer() {
        return serializer;
    }
}
