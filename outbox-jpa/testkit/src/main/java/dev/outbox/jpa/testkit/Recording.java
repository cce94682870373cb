package dev.outbox.jpa.testkit;

import dev.outbox.Aggregate;
import dev.outbox.EventRecorder;
import dev.outbox.EventRecorders;
import dev.outbox.OutboxEvent;
import dev.outbox.RecordedEvent;
import dev.outbox.jpa.JpaOutbox;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The part of a test in which a {@link RecordingOutbox} takes what entities record on this thread. A transaction of
 * Hibernate that has the aggregate goes before it. To be closed by the thread that opened it.
 */
public final class Recording implements AutoCloseable {

    private record Taken(Object aggregate, RecordedEvent event) {}

    private final JpaOutbox settings;
    private final List<OutboxEvent> events;
    private final List<Taken> taken = new ArrayList<>();
    private final EventRecorder recorder = new Recorder();
    private volatile boolean open = true;

    Recording(JpaOutbox settings, List<OutboxEvent> events) {
        this.settings = settings;
        this.events = events;
        EventRecorders.enter(recorder);
    }

    /**
     * Makes the deferred events, after all others, and ends the recording.
     *
     * @throws dev.outbox.OutboxException if the real outbox would refuse one of them
     */
    @Override
    public void close() {
        if (open) {
            open = false;
            EventRecorders.leave(recorder);
            for (Taken each : taken) {
                if (each.event().deferred()) {
                    events.add(settings.recorded(each.aggregate(), each.event()));
                }
            }
        }
    }

    private final class Recorder implements EventRecorder {

        @Override
        public boolean active() {
            return open;
        }

        @Override
        public boolean manages(Object aggregate) {
            return false;
        }

        @Override
        public boolean maps(Object aggregate) {
            return aggregate.getClass().isAnnotationPresent(Aggregate.class);
        }

        @Override
        public void record(Object aggregate, RecordedEvent event) {
            if (!event.deferred()) {
                events.add(settings.recorded(aggregate, event));
            }
            taken.add(new Taken(aggregate, event));
        }

        @Override
        public void discard(Object aggregate) {
            Set<UUID> discarded = new HashSet<>();
            taken.removeIf(each -> {
                if (each.aggregate() != aggregate) {
                    return false;
                }
                UUID given = each.event().options().id();
                discarded.add(given == null ? each.event().id() : given);
                return true;
            });
            events.removeIf(event -> discarded.contains(event.id()));
        }
    }
}
