package dev.outbox.samples.cli;

import java.io.Console;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows how far something is: a bar that redraws itself on a terminal, else one line a second. Samples are taken on a
 * thread of its own.
 */
public final class Progress {

    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable sample;
    private final Runnable finish;
    private final Thread thread;

    private Progress(Runnable sample, long everyMillis, Runnable finish) {
        this.sample = sample;
        this.finish = finish;
        this.thread = new Thread(() -> sampleUntilEnd(everyMillis), "progress");
        thread.setDaemon(true);
        thread.start();
    }

    /** How far the work is; called on the progress thread. */
    public interface Source {

        /** What is done. */
        long done();

        /** What is to do in all; -1 if nobody knows. */
        long total();

        /** A few more words or numbers, shown beside. */
        String more();
    }

    /** Shows the progress of the source on standard output while the work is done, on this thread. */
    public static <T> T during(String what, Source source, Supplier<T> work) {
        return during(isTerminal() ? bar(what, source) : lines(what, source, System.out), work);
    }

    static <T> T during(Progress progress, Supplier<T> work) {
        try {
            return work.get();
        } finally {
            progress.end();
        }
    }

    static Progress lines(String what, Source source, PrintStream out) {
        Runnable line = () -> {
            long total = source.total();
            out.println(what + ": " + source.done() + (total < 0 ? "" : "/" + total) + ", " + source.more());
        };
        return new Progress(line, 1_000, () -> {});
    }

    private static Progress bar(String what, Source source) {
        ProgressBar bar = new ProgressBarBuilder()
                .setTaskName(what)
                .setInitialMax(source.total())
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();
        Runnable sample = () -> {
            bar.maxHint(source.total());
            bar.stepTo(source.done());
            bar.setExtraMessage(" " + source.more());
        };
        return new Progress(sample, 200, bar::close);
    }

    /** Whether somebody looks at a terminal. From JDK 22 on a console exists without one, and says so. */
    @SuppressWarnings("SystemConsoleNull")
    private static boolean isTerminal() {
        Console console = System.console();
        if (console == null) {
            return false;
        }
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException beforeJdk22) {
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }

    private void sampleUntilEnd(long everyMillis) {
        try {
            while (!ended.await(everyMillis, TimeUnit.MILLISECONDS)) {
                sample.run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes a last sample and leaves it standing. */
    private void end() {
        ended.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        sample.run();
        finish.run();
    }
}
