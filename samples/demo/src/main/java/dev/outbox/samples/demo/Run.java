package dev.outbox.samples.demo;

import dev.outbox.samples.cli.Progress;
import dev.outbox.samples.cli.SampleException;
import dev.outbox.samples.reader.Reader;
import dev.outbox.samples.reader.ReaderSummary;
import dev.outbox.samples.writer.Writer;
import dev.outbox.samples.writer.WriterResult;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Writer, relay and reader at work, from the first transaction until the reader has everything. */
final class Run {

    private static final Duration STALL_LIMIT = Duration.ofSeconds(60);
    private static final Duration END_LIMIT = Duration.ofSeconds(20);

    private final DemoSettings settings;
    private final Writer writer;
    private final RelayProcess relay;
    private final Reader reader;
    private final Source source;
    private final Stop stop;
    private final Topic topic;
    private final Consumer<String> out;
    private final FutureTask<WriterResult> writing;
    private final FutureTask<ReaderSummary> reading;
    private volatile long relayed;

    Run(
            DemoSettings settings,
            Writer writer,
            RelayProcess relay,
            Reader reader,
            Source source,
            Stop stop,
            Topic topic,
            Consumer<String> out) {
        this.settings = settings;
        this.writer = writer;
        this.relay = relay;
        this.reader = reader;
        this.source = source;
        this.stop = stop;
        this.topic = topic;
        this.out = out;
        this.writing = new FutureTask<>(writer::run);
        this.reading = new FutureTask<>(reader::run);
    }

    /** Returns when all is written, relayed and read, and writer and reader have ended. */
    WriterResult toTheEnd() {
        new Thread(reading, "reader").start();
        new Thread(writing, "writer").start();
        try {
            Progress.<@Nullable Void>during(
                    "writer", progress(settings.transactions(), writer::transactionsDone), this::write);
            WriterResult written = get(writing);
            Progress.<@Nullable Void>during(
                    "reader", progress(written.committedEvents(), this::distinct), () -> catchUp(written));
            return written;
        } finally {
            end();
        }
    }

    ReaderSummary readerSummary() {
        return reader.progress();
    }

    private @Nullable Void write() {
        boolean crash = settings.crashRelay();
        while (!writing.isDone()) {
            look();
            if (crash && writer.transactionsDone() >= settings.transactions() / 2) {
                crashWhileRelaying();
                crash = false;
            }
            stop.orPause();
        }
        if (crash) {
            crashWhileRelaying();
        }
        return null;
    }

    private void crashWhileRelaying() {
        long before = topic.size();
        while (topic.size() == before && !writing.isDone()) {
            look();
            stop.orPause();
        }
        relay.kill();
        out.accept("Killed the relay (process %d, SIGKILL) after %d transactions and %d records."
                .formatted(relay.pid(), writer.transactionsDone(), topic.size()));
        relay.startAgain();
        out.accept("Started the relay again (process %d).".formatted(relay.pid()));
    }

    /**
     * Past the confirmed LSN nothing is left to come, be it an event or a phantom: only then is it time to judge. To wait
     * for as many events as were committed would be to wait for ever for those that were lost.
     */
    private @Nullable Void catchUp(WriterResult written) {
        String end = source.currentLsn();
        long lastProgress = System.nanoTime();
        long lastSum = -1;
        while (!source.isConfirmed(end) || reader.progress().received() < topic.size()) {
            look();
            long sum = relayed + reader.progress().received();
            if (sum != lastSum) {
                lastSum = sum;
                lastProgress = System.nanoTime();
            } else if (System.nanoTime() - lastProgress > STALL_LIMIT.toNanos()) {
                throw new SampleException(
                        "Nothing has moved for %d seconds: %d events committed, %d records relayed, %d events received. The relay's last lines:\n%s"
                                .formatted(
                                        STALL_LIMIT.toSeconds(),
                                        written.committedEvents(),
                                        relayed,
                                        distinct(),
                                        relay.lastLines()));
            }
            stop.orPause();
        }
        return null;
    }

    private void look() {
        relayed = topic.size();
        relay.requireAlive();
        if (reading.isDone()) {
            get(reading);
            throw new SampleException("The reader ended before its time.");
        }
    }

    private long distinct() {
        ReaderSummary summary = reader.progress();
        return summary.received() - summary.duplicates();
    }

    private Progress.Source progress(long total, LongSupplier done) {
        return new Progress.Source() {
            @Override
            public long done() {
                return done.getAsLong();
            }

            @Override
            public long total() {
                return total;
            }

            @Override
            public String more() {
                return "committed %d, relayed %d, received %d"
                        .formatted(
                                writer.eventsCommitted(),
                                relayed,
                                reader.progress().received());
            }
        };
    }

    private void end() {
        writer.stop();
        reader.stop();
        awaitEnd(writing);
        awaitEnd(reading);
    }

    /** How it ended was or will be told by whoever asked for its result. */
    private static void awaitEnd(FutureTask<?> task) {
        try {
            task.get(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <T> T get(FutureTask<T> task) {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("Interrupted while waiting for writer or reader.", e);
    }
}
