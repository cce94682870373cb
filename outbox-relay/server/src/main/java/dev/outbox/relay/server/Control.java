package dev.outbox.relay.server;

import dev.outbox.relay.server.status.Paused;
import org.jspecify.annotations.Nullable;

/**
 * What people want of a stream, and the ends of its attempts that follow from it. A wish holds until it is stored in the
 * position topic, for what is stored there is what counts, for every relay of the stream. For any thread.
 */
final class Control {

    private final Stop process;
    private Stop attempt;
    private @Nullable Paused pausing;
    private boolean resuming;
    private boolean anew;

    /** @param process the end of everything */
    Control(Stop process) {
        this.process = process;
        this.attempt = process.another();
        process.onRequest(this::end);
    }

    private synchronized void end() {
        attempt.request();
    }

    /** The end of what the stream does next; every wish requests it. */
    synchronized Stop next() {
        attempt = process.another();
        if (process.requested()) {
            attempt.request();
        }
        return attempt;
    }

    synchronized void pause(Paused asked) {
        pausing = asked;
        resuming = false;
        attempt.request();
    }

    /** The pause that is asked for and not stored yet. */
    synchronized @Nullable Paused pausing() {
        return pausing;
    }

    /** It is stored, by whomever, or it can't be: another relay holds the slot. */
    synchronized void pauseSettled() {
        pausing = null;
    }

    synchronized void resume() {
        resuming = true;
        pausing = null;
        attempt.request();
    }

    /** Whether a pause that is stored is not to be heeded. */
    synchronized boolean resuming() {
        return resuming;
    }

    /** That is stored. */
    synchronized void resumed() {
        resuming = false;
    }

    synchronized void restart() {
        anew = true;
        attempt.request();
    }

    /** Whether a restart was asked for since this was asked last. */
    synchronized boolean takeAnew() {
        boolean asked = anew;
        anew = false;
        return asked;
    }
}
