package dev.outbox.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class CommandTest {

    @CommandLine.Command(name = "sample")
    private static final class Sample implements Callable<Integer> {

        @CommandLine.Option(names = "--wait")
        private @Nullable Duration wait;

        @CommandLine.Option(names = "--fail")
        private boolean fail;

        @Override
        public Integer call() {
            if (fail) {
                throw new SampleException("The database is not there; start it.");
            }
            return 0;
        }
    }

    @Test
    void what_works_exits_with_0_and_reads_durations() {
        Sample sample = new Sample();

        assertThat(Command.run(sample, "--wait", "5s")).isZero();
        assertThat(sample.wait).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void what_fails_exits_with_1() {
        assertThat(Command.run(new Sample(), "--fail")).isEqualTo(1);
    }

    @Test
    void wrong_flags_exit_with_2() {
        assertThat(Command.run(new Sample(), "--wrong")).isEqualTo(2);
        assertThat(Command.run(new Sample(), "--wait", "soon")).isEqualTo(2);
    }

    @Test
    void durations_have_a_unit() {
        assertThat(Durations.parse("500ms")).isEqualTo(Duration.ofMillis(500));
        assertThat(Durations.parse("2m")).isEqualTo(Duration.ofMinutes(2));
        assertThat(Durations.parse("1h")).isEqualTo(Duration.ofHours(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "s", "-5s", "5 s", "5d"})
    void what_is_no_duration_is_refused(String text) {
        assertThatThrownBy(() -> Durations.parse(text)).hasMessageContaining("such as 5s");
    }

    @Test
    void progress_ends_with_how_far_it_came() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Progress.Source source = new Progress.Source() {
            @Override
            public long done() {
                return 3;
            }

            @Override
            public long total() {
                return 4;
            }

            @Override
            public String more() {
                return "1 rolled back";
            }
        };

        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        assertThat(Progress.<Integer>during(Progress.lines("writer", source, printed), () -> 42))
                .isEqualTo(42);

        assertThat(out.toString(StandardCharsets.UTF_8))
                .endsWith("writer: 3/4, 1 rolled back" + System.lineSeparator());
    }
}
