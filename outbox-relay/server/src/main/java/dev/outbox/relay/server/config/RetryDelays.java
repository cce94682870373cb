package dev.outbox.relay.server.config;

import java.time.Duration;

/**
 * The delays between attempts after a failure.
 *
 * @param first after the first failure; doubled from attempt to attempt
 * @param longest the delay that repeated failures lead to
 */
public record RetryDelays(Duration first, Duration longest) {

    static final RetryDelays DEFAULT = new RetryDelays(Duration.ofSeconds(1), Duration.ofSeconds(30));

    private static final Duration LEAST = Duration.ofMillis(10);

    /** Those under a prefix, which ends with a dot, and the others where there are none. */
    static RetryDelays read(Settings settings, String prefix, RetryDelays others) {
        Duration first = settings.atLeast(prefix + "first-delay", LEAST).orElse(others.first());
        Duration longest = settings.atLeast(prefix + "longest-delay", first).orElse(max(first, others.longest()));
        return new RetryDelays(first, longest);
    }

    private static Duration max(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
