package dev.outbox;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recorders that are active on each thread, innermost last, and the events that had none. For write sides, not for
 * applications.
 *
 * <p>Recorders are held weakly: a session that is abandoned in the middle of its transaction is not kept alive.
 */
public final class EventRecorders {

    private static final ThreadLocal<List<WeakReference<EventRecorder>>> OF_THREAD =
            ThreadLocal.withInitial(() -> new ArrayList<>(2));

    private static final HeldEvents HELD = new HeldEvents();

    private EventRecorders() {}

    /** Makes it the innermost recorder of the current thread; once more does nothing. */
    public static void enter(EventRecorder recorder) {
        List<WeakReference<EventRecorder>> recorders = OF_THREAD.get();
        for (int i = recorders.size() - 1; i >= 0; i--) {
            EventRecorder present = recorders.get(i).get();
            if (present == recorder) {
                return;
            }
            if (present == null || !present.active()) {
                recorders.remove(i);
            }
        }
        recorders.add(new WeakReference<>(recorder));
    }

    /** Removes it from the current thread. Where its transaction ended on another one, {@code active} says so here. */
    public static void leave(EventRecorder recorder) {
        OF_THREAD.get().removeIf(present -> present.get() == recorder);
    }

    /** The active recorders of the current thread, innermost first, without those that are suspended. */
    public static List<EventRecorder> ofCurrentThread() {
        List<WeakReference<EventRecorder>> recorders = OF_THREAD.get();
        List<EventRecorder> active = new ArrayList<>(recorders.size());
        for (int i = recorders.size() - 1; i >= 0; i--) {
            EventRecorder recorder = recorders.get(i).get();
            if (recorder != null && recorder.active() && !recorder.suspended()) {
                active.add(recorder);
            }
        }
        return active;
    }

    /** Takes what was recorded on this very instance while no recorder was active, by any thread, in order. */
    public static List<RecordedEvent> takeHeld(Object aggregate) {
        return HELD.take(aggregate);
    }

    /** The instances that {@link #takeHeld} would find something for, by any thread; those that are garbage are not among them. */
    public static List<Object> held() {
        return HELD.aggregates();
    }

    /** Whether {@link #takeHeld} would find nothing for any aggregate; cheap. */
    public static boolean nothingHeld() {
        return HELD.isEmpty();
    }

    static void record(Object aggregate, RecordedEvent event) {
        EventRecorder recorder = recorderOf(aggregate);
        if (recorder == null) {
            HELD.add(aggregate, event);
        } else {
            recorder.record(aggregate, event);
        }
    }

    static void discard(Object aggregate) {
        HELD.take(aggregate);
        ofCurrentThread().forEach(recorder -> recorder.discard(aggregate));
    }

    private static @Nullable EventRecorder recorderOf(Object aggregate) {
        List<EventRecorder> active = ofCurrentThread();
        for (EventRecorder recorder : active) {
            if (recorder.manages(aggregate)) {
                return recorder;
            }
        }
        for (EventRecorder recorder : active) {
            if (recorder.maps(aggregate)) {
                return recorder;
            }
        }
        return active.isEmpty() ? null : active.get(0);
    }
}
