package dev.outbox.relay.server;

import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.StreamConfig;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One stream's thread: an attempt after the other until the process stops. The first one has to come up, for then
 * somebody is looking; after that every failure is reported and tried again, until its cause is gone.
 */
final class StreamRunner implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(StreamRunner.class);

    private final StreamConfig config;
    private final Stop stop;
    private final Backoff backoff;
    private final RelayEngine engine;
    private final Progress progress = new Progress(System::nanoTime);
    private final PoisonedEvents poisoned = new PoisonedEvents();
    private boolean cameUp;
    private volatile boolean broken;
    private volatile boolean drained;

    StreamRunner(StreamConfig config, Stop stop, Backoff backoff) {
        this.config = config;
        this.stop = stop;
        this.backoff = backoff;
        this.engine = new RelayEngine(config.relay());
    }

    @Override
    public void run() {
        MDC.put("stream", config.name());
        try {
            while (!stop.requested() && !broken) {
                attempt();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Error e) {
            log.error("The stream broke: {}.", e.toString(), e);
            broken = true;
            stop.request();
        }
    }

    private void attempt() throws InterruptedException {
        backoff.attempt();
        boolean everythingAcknowledged;
        try (Attempt attempt = new Attempt(config, engine, progress, poisoned, stop)) {
            attempt.start();
            cameUp = true;
            log.info(
                    "Relaying {} by slot {} to {}.",
                    config.relay().table(),
                    config.relay().slot(),
                    topics());
            everythingAcknowledged = attempt.relay();
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        drained = everythingAcknowledged;
    }

    private void failed(RuntimeException e) throws InterruptedException {
        String sentence = Sentences.of(e);
        if (stop.requested()) {
            log.error("{}", sentence, e);
        } else if (!cameUp) {
            log.error("The stream can't start: {}", sentence, e);
            broken = true;
            stop.request();
        } else if (e instanceof RecordException refused && poisoned.takeNews()) {
            log.warn("{} Begins again at once behind what is confirmed, without this event.", refused.what());
        } else {
            Duration delay = backoff.delay();
            log.error(
                    "{}{} Next attempt in {} s.",
                    sentence,
                    e instanceof RelayException known && !known.retriable() ? " This has to be mended." : "",
                    Math.round(delay.toMillis() / 100.0) / 10.0,
                    e);
            stop.await(delay);
        }
    }

    private String topics() {
        return config.relay().topic() + (config.relay().routes().isEmpty() ? "" : " and its routes");
    }

    String name() {
        return config.name();
    }

    /** Whether it could not start, or can't go on. */
    boolean broken() {
        return broken;
    }

    /** Whether it has ended with everything that was sent acknowledged and confirmed. */
    boolean drained() {
        return drained;
    }

    /** A line about the last seconds, if anything moved or should have. From any thread. */
    void logProgress() {
        MDC.put("stream", config.name());
        progress.line().ifPresent(log::info);
        progress.stall()
                .ifPresent(stall -> log.warn(
                        "No acknowledgement from the brokers at {} for {} s: are they up, and enough of them in sync?",
                        config.bootstrapServers(),
                        stall.toSeconds()));
        MDC.remove("stream");
    }

    /** The last line. From any thread. */
    void logEnd() {
        MDC.put("stream", config.name());
        log.info("Stopped. {}", progress.summary());
        if (!drained) {
            log.warn("Not everything was acknowledged and confirmed: the rest is sent again at the next start.");
        }
        MDC.remove("stream");
    }
}
