package dev.outbox.relay.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.outbox.relay.server.config.ConfigReader;
import dev.outbox.relay.server.config.ServerConfig;
import dev.outbox.relay.server.config.StreamConfig;
import dev.outbox.relay.server.status.ManagedStream;
import dev.outbox.relay.server.status.StreamState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.slf4j.LoggerFactory;

/** A stream's runner on a thread of this JVM, with its log. */
final class RunningStream implements AutoCloseable {

    private final ListAppender<ILoggingEvent> appender = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.outbox");
    private final Stop stop;
    private final StreamRunner runner;
    private final Thread thread;

    RunningStream(String yaml) {
        ServerConfig config = ConfigReader.read(Shop.write(yaml), Map.of(), Map.of());
        appender.start();
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        logger.addAppender(appender);
        stop = new Stop(config.shutdownTimeout());
        StreamConfig stream = config.streams().get(0);
        runner = new StreamRunner(
                stream,
                stop,
                new Backoff(stream.failure().retry(), System::nanoTime, new Random(7)),
                new CommandText(Path.of("relay.yaml")));
        thread = new Thread(runner, "runner");
        thread.start();
    }

    /** What was logged so far. */
    List<String> log() {
        return events().stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    /** The same, to be shown where an assertion fails. */
    String told() {
        return String.join(System.lineSeparator(), log());
    }

    /** The errors among it. */
    List<String> errors() {
        return events().stream()
                .filter(event -> event.getLevel() == Level.ERROR)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private List<ILoggingEvent> events() {
        synchronized (appender) {
            return new ArrayList<>(appender.list);
        }
    }

    /** As it is seen and told what to do. */
    ManagedStream managed() {
        return runner.managed();
    }

    StreamState state() {
        return runner.state();
    }

    /** The figures. */
    String summary() {
        runner.logEnd();
        List<String> lines = log();
        return lines.stream().filter(line -> line.startsWith("Stopped.")).reduce("", (first, last) -> last);
    }

    /** Asks for the stop, without waiting for it. */
    void requestStop() {
        stop.request();
    }

    /** Stops in order; returns whether all that was sent is acknowledged and confirmed. */
    boolean stop() {
        stop.request();
        try {
            thread.join(Duration.ofSeconds(20).toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (thread.isAlive()) {
            throw new AssertionError("The stream did not stop: " + log());
        }
        return runner.drained();
    }

    @Override
    public void close() {
        stop();
        logger.detachAppender(appender);
        logger.setLevel(null);
        logger.setAdditive(true);
    }
}
