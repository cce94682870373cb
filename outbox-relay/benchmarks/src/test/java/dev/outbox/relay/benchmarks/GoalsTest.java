package dev.outbox.relay.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalsTest {

    private final Sides sides = new Sides(Path.of("."));
    private final Plan plan = new Plan(
            10_000,
            3,
            Map.of(Shape.ONE_EVENT, List.of(sides.relay(), sides.drainEager())),
            0,
            Duration.ZERO,
            List.of());

    @Test
    void sides_are_compared_run_by_run_and_what_was_not_measured_is_left_out() {
        Results results = new Results(plan);
        for (int speed = 1; speed <= 3; speed++) {
            results.add(Shape.ONE_EVENT, sides.drainEager(), new Figures(50_000 * speed, 8, 17, 130_000_000, 0));
            results.add(Shape.ONE_EVENT, sides.relay(), new Figures(150_000 * speed, 4, 6, 210_000_000, 0));
        }

        assertThat(Goals.of(results, sides))
                .containsExactly(
                        "met: 3.00 (3.00–3.00) × the events/s of 'pgjdbc drain, eager' with one-event transactions, 200"
                                + " B; at least 2.50",
                        "MISSED: 210.0 (210.0–210.0) MB of memory at most for 'Outbox relay, at least once' with one-event"
                                + " transactions, 200 B; at most 200.0");
    }
}
