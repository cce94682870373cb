package dev.outbox.relay.server;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.admin.AdminServer;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.status.ManagedStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All streams of a process: starts them, waits for the request to stop, and ends within the time for it. */
final class Relay {

    private static final Logger log = LoggerFactory.getLogger(Relay.class);
    private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofMillis(500);

    private final ServerConfig config;
    private final Stop stop;
    private final List<StreamRunner> runners = new ArrayList<>();
    private long looks;

    /** @param commands to be named where a person has to do something */
    Relay(ServerConfig config, CommandText commands) {
        this.config = config;
        this.stop = new Stop(config.shutdownTimeout());
        for (StreamConfig stream : config.streams()) {
            Backoff backoff = new Backoff(stream.failure().retry(), System::nanoTime, new java.util.Random());
            runners.add(new StreamRunner(stream, stop, backoff, commands));
        }
    }

    /** Relays until a signal or until a stream can't start; returns the exit code. */
    int run() {
        config.warnings().forEach(log::warn);
        Signals.handle(this::onSignal);
        Optional<AdminServer> admin;
        try {
            admin = listen();
        } catch (RelayException e) {
            log.error("{}", Sentences.of(e));
            return ExitCode.FAILED;
        }
        try {
            relay();
        } finally {
            admin.ifPresent(AdminServer::close);
        }
        return exitCode();
    }

    /** Before anything is relayed, for then somebody is looking. */
    private Optional<AdminServer> listen() {
        List<ManagedStream> streams =
                runners.stream().map(StreamRunner::managed).toList();
        return config.admin().map(admin -> AdminServer.start(admin, streams));
    }

    private void relay() {
        List<Thread> threads = new ArrayList<>();
        for (StreamRunner runner : runners) {
            Thread thread = new Thread(runner, "stream-" + runner.name());
            thread.setDaemon(true);
            thread.start();
            threads.add(thread);
        }
        ScheduledExecutorService progress = logProgress();
        try {
            stop.await();
            long deadline = System.nanoTime() + stop.left().plus(GRACE).toNanos();
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            progress.shutdownNow();
        }
    }

    private void onSignal() {
        if (stop.requested()) {
            log.warn("Asked a second time: ending at once. What is not confirmed is sent again at the next start.");
            Runtime.getRuntime().halt(ExitCode.NOT_DRAINED);
        }
        log.info(
                "Stopping: up to {} s for what is in flight.",
                config.shutdownTimeout().toMillis() / 1000.0);
        stop.request();
    }

    private int exitCode() {
        boolean drained = true;
        for (StreamRunner runner : runners) {
            if (!runner.broken()) {
                drained &= runner.drained();
                runner.logEnd();
            }
        }
        if (runners.stream().anyMatch(runner -> runner.broken() || runner.failed())) {
            return ExitCode.FAILED;
        }
        return drained ? ExitCode.OK : ExitCode.NOT_DRAINED;
    }

    /** Every second: rates and standstills are seen by looking. */
    private void look() {
        looks++;
        runners.forEach(runner -> runner.managed().status());
        if (looks % PROGRESS_INTERVAL.toSeconds() == 0) {
            runners.forEach(StreamRunner::logProgress);
        }
    }

    /** On a thread of its own: a stream that waits for its brokers is the one to hear of. */
    private ScheduledExecutorService logProgress() {
        ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        var unused = executor.scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
        return executor;
    }
}
