package dev.outbox.jpa.testkit;

import dev.outbox.EventOptions;
import dev.outbox.EventRecorders;
import dev.outbox.EventSerializer;
import dev.outbox.OutboxEvent;
import dev.outbox.OutboxException;
import dev.outbox.RecordedEvent;
import dev.outbox.jpa.JpaOutbox;
import dev.outbox.jpa.Outbox;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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
 * <p>It also takes what entities record with {@link dev.outbox.DomainEvents}: {@link #harvest} from an aggregate that the
 * test has at hand, {@link #recording} from all of this thread, where a service makes or loads them.
 *
 * <p>For use by any number of threads; the events are in the order in which their calls ended.
 */
public final class RecordingOutbox implements Outbox {

    private final List<OutboxEvent> events = new CopyOnWriteArrayList<>();
    private final JpaOutbox settings;
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
        this.settings = settings;
        this.outbox = settings.to(events::add);
    }

    @Override
    public UUID publish(String aggregateType, Object aggregateId, Object event, Consumer<EventOptions> options) {
        return outbox.publish(aggregateType, aggregateId, event, options);
    }

    /**
     * Takes what these aggregates have recorded on any thread, in the order of the calls over all of them; they have
     * nothing recorded afterwards. Serializes now, while a transaction does so at the call of record.
     *
     * @param aggregates the instances that recorded; for a child entity its root. An identifier that is not there yet
     *     is {@code (no id yet)}
     * @return this, for assertions
     * @throws OutboxException if the real outbox would refuse one of them
     */
    public RecordingOutbox harvest(Object... aggregates) {
        List<Map.Entry<Object, RecordedEvent>> recorded = new ArrayList<>();
        for (Object aggregate : aggregates) {
            EventRecorders.takeHeld(aggregate).forEach(event -> recorded.add(Map.entry(aggregate, event)));
        }
        recorded.sort(Comparator.comparing(each -> each.getValue().id()));
        recorded.forEach(each -> events.add(settings.recorded(each.getKey(), each.getValue())));
        return this;
    }

    /**
     * Takes what all aggregates record on this thread from now on, at the call, until it is closed:
     * {@code try (var scope = outbox.recording()) { service.ship(id); }}. Deferred events are made, and {@code discard}
     * takes back, until then.
     */
    public Recording recording() {
        return new Recording(settings, events);
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
        return settings.serializer();
    }
}
