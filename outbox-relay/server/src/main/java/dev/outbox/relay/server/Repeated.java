package dev.outbox.relay.server;

import java.time.Duration;
import java.util.function.LongSupplier;

/** Keeps a sentence that is true for long from filling the log. For one thread. */
final class Repeated {

    private static final Duration REMINDER = Duration.ofMinutes(10);

    private final LongSupplier nanoTime;
    private String last = "";
    private long saidAt;

    Repeated(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Whether the sentence is to be said: it is another, or it is some time since it was said. */
    boolean isNews(String sentence) {
        long now = nanoTime.getAsLong();
        if (sentence.equals(last) && now - saidAt < REMINDER.toNanos()) {
            return false;
        }
        last = sentence;
        saidAt = now;
        return true;
    }

    /** Its cause is gone. */
    void forget() {
        last = "";
    }
}
