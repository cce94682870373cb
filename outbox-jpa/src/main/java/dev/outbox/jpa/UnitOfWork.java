package dev.outbox.jpa;

import dev.outbox.EventRecorder;
import dev.outbox.EventRecorders;
import dev.outbox.RecordedEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was recorded in one transaction of one session. A recorded event is <em>open</em> until a flush has seen its
 * aggregate in the persistence context, or removed from it; the commit fails while one is open. So an event is written
 * with its change or not at all, whatever becomes of the instance afterwards.
 *
 * <p>One for each session, reused by its transactions; allocates nothing while nothing is recorded.
 */
final class UnitOfWork implements EventRecorder {

    /** Flushes of one commit; each takes in what the one before has made listeners record. */
    private static final int MAX_FLUSHES = 10;

    private final ManagedEntities session;
    private List<Recording> recordings = List.of();
    private Set<Object> removed = Set.of();
    private @Nullable RuntimeException refused;
    private volatile boolean active;
    private boolean completing;

    UnitOfWork(ManagedEntities session) {
        this.session = session;
    }

    ManagedEntities session() {
        return session;
    }

    void begin() {
        // Of the transaction before, nobody may have told the end.
        completed();
        active = true;
        EventRecorders.enter(this);
        if (!EventRecorders.nothingHeld()) {
            beginWithHeld();
        }
    }

    /** Not left to the first flush: the context may be cleared before it. */
    private void beginWithHeld() {
        for (Object instance : session.ownOf(EventRecorders.held())) {
            try {
                held(instance, instance);
            } catch (RuntimeException e) {
                // A transaction that does not even begin is in nobody's hands; its commit is.
                refused = e;
            }
        }
    }

    /** Right before the commit: secures what can be secured, and refuses to commit if that is not all. */
    void beforeCommit() {
        if (refused != null) {
            throw refused;
        }
        int flushes = 0;
        for (Recording open = openAndManaged(); open != null; open = openAndManaged()) {
            if (flushes++ == MAX_FLUSHES) {
                throw open.notCaptured("each of " + MAX_FLUSHES + " flushes made another event be recorded");
            }
            session.flushOnceMore();
            if (open.open()) {
                // A session that doesn't flush by itself.
                break;
            }
        }
        // By index: a deferred event may record another one, which is refused if it is open.
        for (int i = 0; i < recordings.size(); i++) {
            recordings.get(i).complete();
        }
        for (Recording recording : recordings) {
            if (recording.open()) {
                throw recording.notCaptured(reason(recording));
            }
        }
        completing = true;
    }

    /** Whether this thread had its turn before the commit of the session's transaction, so that nothing more can wait for it. */
    static boolean completing(Object session) {
        for (EventRecorder recorder : EventRecorders.ofCurrentThread()) {
            if (recorder instanceof UnitOfWork unit && unit.completing && unit.session.isIn(session)) {
                return true;
            }
        }
        return false;
    }

    private String reason(Recording open) {
        String unable = session.unable();
        if (unable != null) {
            return unable;
        }
        return session.contains(open.aggregate())
                ? "its session is not flushed after it (flush mode MANUAL, as in a read-only transaction)"
                : "its aggregate is not in the persistence context: it was never persisted, or was detached or cleared"
                        + " before a flush";
    }

    void completed() {
        active = false;
        completing = false;
        recordings = List.of();
        removed = Set.of();
        refused = null;
        EventRecorders.leave(this);
    }

    @Override
    public boolean active() {
        return active;
    }

    @Override
    public boolean suspended() {
        return session.suspended();
    }

    @Override
    public boolean manages(Object aggregate) {
        return has(session.unproxied(aggregate));
    }

    /** What it has deleted has left the persistence context, and is its own all the same. */
    private boolean has(Object entity) {
        return session.contains(entity) || removed.contains(entity);
    }

    @Override
    public boolean maps(Object aggregate) {
        return session.maps(session.unproxied(aggregate));
    }

    @Override
    public void record(Object aggregate, RecordedEvent event) {
        Recording recording = session.pending(session.unproxied(aggregate), event);
        if (recordings.isEmpty()) {
            recordings = new ArrayList<>();
        }
        recordings.add(recording);
    }

    @Override
    public void discard(Object aggregate) {
        Object entity = session.unproxied(aggregate);
        List<Recording> ofEntity = recordings.stream()
                .filter(recording -> recording.aggregate() == entity)
                .toList();
        // All of them or none.
        ofEntity.forEach(Recording::requireNotWritten);
        ofEntity.forEach(Recording::drop);
    }

    /** An entity is about to be deleted from the database, and leaves the persistence context with it. */
    void removing(Object entity) {
        if (Aggregates.is(entity)) {
            if (removed.isEmpty()) {
                removed = Collections.newSetFromMap(new IdentityHashMap<>());
            }
            removed.add(entity);
        }
    }

    /**
     * A flush is done.
     *
     * @param flushed the session that was flushed: this one, or a child session in the same transaction
     */
    void flushed(ManagedEntities flushed) {
        takeOver(flushed);
        // By index: making a row may load, and so record.
        for (int i = 0; i < recordings.size(); i++) {
            Recording recording = recordings.get(i);
            if (recording.open()
                    && (flushed.contains(recording.aggregate()) || removed.contains(recording.aggregate()))) {
                recording.secure();
            }
        }
    }

    /** An instance that another session of this thread was told of first may have become ours. */
    private void takeOver(ManagedEntities flushed) {
        for (EventRecorder other : EventRecorders.ofCurrentThread()) {
            if (other != this && other instanceof UnitOfWork unit) {
                for (Recording recording : List.copyOf(unit.recordings)) {
                    Object aggregate = recording.aggregate();
                    if (recording.open() && !unit.has(aggregate) && flushed.contains(aggregate)) {
                        record(aggregate, recording.recorded());
                        recording.drop();
                    }
                }
            }
        }
    }

    /**
     * A managed copy stands for a detached or new instance from now on, also for what was recorded on that.
     *
     * @param copy the managed instance, or a proxy of it where the session has one already
     */
    void merged(Object original, Object copy) {
        for (EventRecorder recorder : EventRecorders.ofCurrentThread()) {
            if (original != copy && recorder instanceof UnitOfWork unit && !unit.has(original)) {
                for (Recording recording : unit.recordings) {
                    if (recording.open() && recording.aggregate() == original) {
                        recording.follow(session.unproxied(copy));
                    }
                }
            }
        }
        held(original, copy);
    }

    /** Takes what was recorded on an instance outside of every transaction. */
    void held(Object instance, Object aggregate) {
        for (RecordedEvent event : EventRecorders.takeHeld(instance)) {
            record(aggregate, event);
        }
    }

    private @Nullable Recording openAndManaged() {
        for (Recording recording : recordings) {
            if (recording.open() && has(recording.aggregate())) {
                return recording;
            }
        }
        return null;
    }
}
