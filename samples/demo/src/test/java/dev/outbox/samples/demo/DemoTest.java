package dev.outbox.samples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outbox.samples.cli.Command;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoTest {

    private static final long SEED = 20260301;

    @Test
    void everything_arrives_once_and_in_order_also_when_the_relay_is_killed() {
        List<String> said = new ArrayList<>();

        DemoResult result = new Demo(new DemoSettings(600, true, false, SEED), said::add).run();

        assertThat(result.differences()).isEmpty();
        assertThat(result.passed()).isTrue();
        assertThat(result.line())
                .matches("demo: committed=[1-9]\\d* rolledback=[1-9]\\d* relayed=[1-9]\\d* received=[1-9]\\d*"
                        + " lost=0 phantom=0 duplicates=\\d+ reordered=0");
        assertThat(result.verdict().received()).isEqualTo(result.relayed());
        assertThat(said).anyMatch(line -> line.contains("SIGKILL"));
    }

    @Test
    void wrong_flags_end_with_2() {
        assertThat(Command.run(new Main(), "--transactions", "none")).isEqualTo(2);
        assertThat(Command.run(new Main(), "--transactions", "0")).isEqualTo(2);
        assertThat(Command.run(new Main(), "--nonsense")).isEqualTo(2);
        assertThat(Command.run(new Main(), "--help")).isZero();
    }
}
