package dev.outbox.relay.server;

import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.status.StreamState;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Asks the server about a stream's slot while the stream does not: it is then that a slot retains WAL, and nobody may
 * notice. On a thread of its own, for a database that is away is waited for.
 */
final class SlotMonitor implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(SlotMonitor.class);
    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final String stream;
    private final RelayEngine engine;
    private final Progress progress;
    private final Stop stop;

    SlotMonitor(String stream, RelayEngine engine, Progress progress, Stop stop) {
        this.stream = stream;
        this.engine = engine;
        this.progress = progress;
        this.stop = stop;
    }

    /** Until the stop. */
    void start() {
        Thread thread = new Thread(this, "slot-" + stream);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        MDC.put("stream", stream);
        try {
            while (!stop.requested()) {
                if (progress.state() != StreamState.RUNNING) {
                    look();
                }
                stop.await(INTERVAL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        try {
            progress.lookedAt(engine.lookAtSlot());
        } catch (RelayException e) {
            // Whatever is wrong, the stream itself says so.
            log.debug("The slot could not be looked at.", e);
        }
    }
}
