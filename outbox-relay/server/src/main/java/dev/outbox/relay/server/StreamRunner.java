package dev.outbox.relay.server;

import dev.outbox.relay.GapException;
import dev.outbox.relay.RelayEngine;
import dev.outbox.relay.RelayException;
import dev.outbox.relay.SlotHeldException;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.status.ManagedStream;
import dev.outbox.relay.server.status.Paused;
import dev.outbox.relay.server.status.StreamState;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One stream's thread: an attempt after the other until the process stops. The first one has to come up, for then
 * somebody is looking; after that every failure is reported and tried again, until its cause is gone. A failure that no
 * retry mends is looked at again, too, at the longest delay: somebody may have mended it.
 */
final class StreamRunner implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(StreamRunner.class);

    private static final Duration PAUSE_INTERVAL = Duration.ofSeconds(5);

    private final StreamConfig config;
    private final Stop stop;
    private final Backoff backoff;
    private final CommandText commands;
    private final Control control;
    private final RelayEngine engine;
    private final Progress progress;
    private final ProgressLines lines;
    private final ManagedStream managed;
    private final PoisonedEvents poisoned = new PoisonedEvents();
    private final Unstored unstored = new Unstored();
    private final UnendedTransactions unended;
    private final Repeated repeated = new Repeated(System::nanoTime);
    private boolean cameUp;
    private volatile boolean broken;
    private volatile boolean drained;

    /** @param commands to be named where a person has to do something */
    StreamRunner(StreamConfig config, Stop stop, Backoff backoff, CommandText commands) {
        this.commands = commands;
        this.control = new Control(stop);
        this.config = config;
        this.stop = stop;
        this.backoff = backoff;
        this.engine = new RelayEngine(config.relay());
        this.unended = new UnendedTransactions(config);
        this.progress = new Progress(config.name(), engine::progress, System::nanoTime, Clock.systemUTC());
        this.lines = new ProgressLines(progress, System::nanoTime);
        this.managed = new StreamCommands(config.name(), progress, control, Clock.systemUTC());
    }

    @Override
    public void run() {
        MDC.put("stream", config.name());
        new SlotMonitor(config.name(), engine, progress, stop).start();
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
        } finally {
            progress.end();
        }
    }

    private void attempt() throws InterruptedException {
        Stop end = control.next();
        beginAnew();
        backoff.attempt();
        progress.attempt();
        try (Attempt attempt = new Attempt(config, engine, progress, poisoned, unstored, unended, control, end)) {
            drained = relay(attempt, end);
            if (attempt.paused().isPresent()) {
                attempt.standDown();
                stayPaused(attempt);
            }
        } catch (RuntimeException e) {
            failed(e, end);
        }
    }

    /** Somebody is looking again: the state says so, and what fails is told once more. */
    private void beginAnew() {
        if (control.takeAnew() || progress.state() == StreamState.PAUSED) {
            progress.enter(StreamState.STARTING);
            backoff.forget();
            repeated.forget();
        }
    }

    /** Returns whether everything is stored that was sent. */
    private boolean relay(Attempt attempt, Stop end) throws InterruptedException {
        Attempt.Start start = attempt.start(this::slotHeld);
        if (start != Attempt.Start.READY) {
            return unstored.isNothing();
        }
        if (control.pausing() == null) {
            running();
        } else {
            // It took the slot to store that, and for nothing else.
            end.request();
        }
        return attempt.relay();
    }

    private void slotHeld(SlotHeldException e) {
        if (e.isOwn()) {
            waitForOwn(e);
        } else {
            standBy(e);
        }
    }

    /** Nobody else relays the stream: what is asked of it is this one's to do, once the slot is free. */
    private void waitForOwn(SlotHeldException e) {
        progress.enter(StreamState.STARTING);
        String sentence = Sentences.of(e);
        if (repeated.isNews(sentence)) {
            log.info("Waiting for the slot. {}", sentence);
        }
    }

    private void standBy(SlotHeldException e) {
        if (control.pausing() != null) {
            control.pauseSettled();
            log.warn("Not paused: another relay holds the slot. Pause the stream there.");
        }
        if (progress.enter(StreamState.STANDBY)) {
            log.info("Standing by. {}", Sentences.of(e));
        }
        cameUp = true;
    }

    /** With the slot given back, until it is resumed here or by another relay. */
    private void stayPaused(Attempt attempt) throws InterruptedException {
        cameUp = true;
        control.pauseSettled();
        Stop end = control.next();
        Optional<Paused> paused = attempt.paused();
        while (paused.isPresent() && !control.resuming() && !end.requested()) {
            if (progress.enterPaused(paused.get())) {
                log.warn(
                        "Paused since {} by {}: nothing is relayed until it is resumed, and the slot retains WAL"
                                + " meanwhile. To resume: {}",
                        paused.get().at(),
                        paused.get().by(),
                        commands.resume(config.name()));
            }
            rest(end, PAUSE_INTERVAL);
            paused = attempt.pausedNow();
        }
    }

    private void rest(Stop end, Duration atMost) throws InterruptedException {
        progress.rests();
        end.await(atMost);
        progress.moves();
    }

    private void running() {
        cameUp = true;
        repeated.forget();
        progress.enter(StreamState.RUNNING);
        log.info(
                "Relaying {} by slot {} to {}.",
                config.relay().table(),
                config.relay().slot(),
                topics());
    }

    private void failed(RuntimeException e, Stop end) throws InterruptedException {
        String sentence = Sentences.of(e);
        progress.failed(sentence);
        String advice = e instanceof GapException ? " To accept the gap: " + commands.adopt(config.name()) : "";
        boolean toBeMended = e instanceof RelayException known && !known.retriable();
        // An event that stops the stream is tried again as configured, whatever is wrong with it.
        boolean failed = toBeMended && !(e instanceof RecordException);
        if (failed) {
            progress.enter(StreamState.FAILED);
        }
        if (stop.requested()) {
            log.error("{}{}", sentence, advice, e);
        } else if (!cameUp) {
            log.error("The stream can't start: {}{}", sentence, advice, e);
            broken = true;
            stop.request();
        } else if (e instanceof RecordException refused && poisoned.takeNews()) {
            log.warn("{} Begins again at once behind what is stored, without this event.", refused.what());
        } else if (failed) {
            Duration delay = backoff.longest();
            if (repeated.isNews(news(sentence, e))) {
                log.error(
                        "{} This has to be mended: the stream is FAILED, and looked at again every {} s.{}",
                        sentence,
                        seconds(delay),
                        advice,
                        e);
            }
            rest(end, delay);
        } else {
            progress.enter(StreamState.STARTING);
            Duration delay = backoff.delay();
            log.error(
                    "{}{} Next attempt in {} s.",
                    sentence,
                    toBeMended ? " This has to be mended." : "",
                    seconds(delay),
                    e);
            rest(end, delay);
        }
    }

    /** A gap's sentence says how far the log went when it was looked at, and is no news for that. */
    private static String news(String sentence, RuntimeException e) {
        if (!(e instanceof GapException gap)) {
            return sentence;
        }
        return sentence.replace(Instant.ofEpochMilli(gap.range().untilMillis()).toString(), "")
                .replace(gap.range().untilLsn().toString(), "");
    }

    private static double seconds(Duration delay) {
        return Math.round(delay.toMillis() / 100.0) / 10.0;
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

    /** Whether it waits for somebody to mend what is wrong, or did so when it was stopped. */
    boolean failed() {
        return state() == StreamState.FAILED;
    }

    /** From any thread. */
    StreamState state() {
        return progress.state();
    }

    /** Whether it has ended with everything that was sent stored as delivered. */
    boolean drained() {
        return drained;
    }

    /** The stream as others get to see and to command it. */
    ManagedStream managed() {
        return managed;
    }

    /** A line about the last seconds, if anything moved or should have. From any thread. */
    void logProgress() {
        MDC.put("stream", config.name());
        lines.line().ifPresent(log::info);
        lines.pauseWarning()
                .ifPresent(warning -> log.warn("{} To resume: {}", warning, commands.resume(config.name())));
        progress.brokersSilent()
                .ifPresent(stall -> log.warn(
                        "No acknowledgement from the brokers at {} for {} s: are they up, and enough of them in sync?",
                        config.bootstrapServers(),
                        stall.toSeconds()));
        MDC.remove("stream");
    }

    /** The last line. From any thread. */
    void logEnd() {
        MDC.put("stream", config.name());
        log.info("Stopped. {}", lines.summary());
        if (failed()) {
            log.error("The stream is FAILED: it relays nothing until what is wrong is mended.");
        } else if (!drained) {
            log.warn("Not everything was acknowledged and stored: the rest is sent again at the next start.");
        }
        MDC.remove("stream");
    }
}
