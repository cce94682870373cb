package dev.outbox.relay.server.replay;

import dev.outbox.relay.server.Terminal;
import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** How far a replay is, on standard error: a bar on a terminal, otherwise a line every other second. */
final class ReplayProgress implements AutoCloseable {

    private static final Duration LINE_EVERY = Duration.ofSeconds(2);
    private static final Duration BAR_EVERY = Duration.ofMillis(200);

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable sample;
    private final Runnable finish;

    private ReplayProgress(Runnable sample, Duration every, Runnable finish) {
        this.sample = sample;
        this.finish = finish;
        Thread thread = new Thread(() -> sampleUntilEnd(every), "progress");
        thread.setDaemon(true);
        thread.start();
    }

    /** Of the process's own standard error. */
    static ReplayProgress of(Tally tally) {
        return Terminal.isWatched() ? bar(tally, System.err) : lines(tally, System.err, LINE_EVERY);
    }

    static ReplayProgress lines(Tally tally, PrintStream out, Duration every) {
        Runnable line =
                () -> out.println("replayed " + tally.done() + (tally.total() < 0 ? "" : " of " + tally.total()));
        return new ReplayProgress(line, every, line);
    }

    private static ProgressBar bar(PrintStream out) {
        return new ProgressBarBuilder()
                .setTaskName("replay")
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis((int) BAR_EVERY.toMillis())
                .setConsumer(new ConsoleProgressBarConsumer(out))
                .build();
    }

    private static ReplayProgress bar(Tally tally, PrintStream out) {
        ProgressBar bar = bar(out);
        Runnable sample = () -> {
            bar.maxHint(tally.total());
            bar.stepTo(tally.done());
        };
        return new ReplayProgress(sample, BAR_EVERY, () -> {
            sample.run();
            bar.close();
        });
    }

    private void sampleUntilEnd(Duration every) {
        try {
            while (!ended.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                sample.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        ended.countDown();
        finish.run();
    }
}
