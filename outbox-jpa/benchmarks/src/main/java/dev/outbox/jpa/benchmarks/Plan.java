package dev.outbox.jpa.benchmarks;

import java.time.Duration;
import java.util.List;

/**
 * How long to measure.
 *
 * @param rounds each measures every side in every setting
 * @param perSetting of one round, all sides together
 * @param warmUp of each setting, all sides together
 * @param seed of the order of the sides, which is another one in each turn
 */
record Plan(int rounds, Duration perSetting, Duration warmUp, long seed) {

    static final List<Setting> SETTINGS =
            List.of(new Setting(1, 0), new Setting(1, 1), new Setting(1, 10), new Setting(1, 100), new Setting(4, 10));

    static Plan full(long seed) {
        return new Plan(11, Duration.ofSeconds(6), Duration.ofSeconds(10), seed);
    }

    static Plan quick(long seed) {
        return new Plan(5, Duration.ofSeconds(2), Duration.ofSeconds(5), seed);
    }

    Duration duration() {
        return perSetting.multipliedBy(rounds).plus(warmUp).multipliedBy(SETTINGS.size());
    }
}
