package dev.outbox.relay.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class CatchUpTest {

    private static final long MIB = 1 << 20;

    private final CatchUp catchUp = new CatchUp();

    @Test
    void a_bar_tells_how_far_it_is_and_how_long_it_takes() {
        assertThat(look("RUNNING", 100 * MIB, 600, 0))
                .contains("[------------------------------]   0 % of 100.0 MiB, not getting closer");
        assertThat(look("RUNNING", 90 * MIB, 540, 1))
                .contains("[###---------------------------]  10 % of 100.0 MiB, about 9.0 s left at 10.0 MiB/s");
        assertThat(look("RUNNING", 75 * MIB, 400, 2))
                .as("the speed follows slowly")
                .contains("[########----------------------]  25 % of 100.0 MiB, about 6.5 s left at 11.5 MiB/s");
    }

    @Test
    void there_is_none_for_a_stream_that_is_near_and_none_again_once_it_has_come_near() {
        assertThat(look("RUNNING", 100 * MIB, 9.9, 0)).isEmpty();
        assertThat(look("RUNNING", 100 * MIB, 10, 1)).isPresent();
        assertThat(look("RUNNING", 50 * MIB, 2, 2)).as("on its way").isPresent();
        assertThat(look("RUNNING", 5 * MIB, 1.9, 3)).isEmpty();
        assertThat(look("RUNNING", 5 * MIB, 5, 4)).isEmpty();
    }

    @Test
    void what_is_written_meanwhile_makes_the_way_longer_and_not_the_bar_negative() {
        look("RUNNING", 100 * MIB, 600, 0);

        assertThat(look("RUNNING", 200 * MIB, 700, 1))
                .contains("[------------------------------]   0 % of 200.0 MiB, not getting closer");
    }

    @Test
    void a_stream_that_does_not_run_does_not_catch_up() {
        assertThat(look("PAUSED", 100 * MIB, 600, 0)).isEmpty();
        assertThat(look("RUNNING", 100 * MIB, 600, 1)).isPresent();
        assertThat(look("FAILED", 100 * MIB, 600, 2)).isEmpty();
    }

    @Test
    void one_of_which_nothing_is_known_has_no_bar() {
        assertThat(catchUp.look(
                        StreamReport.readAll("[{\"state\":\"RUNNING\",\"lag\":{}}]")
                                .get(0),
                        0))
                .isEmpty();
    }

    private Optional<String> look(String state, long bytes, double lagSeconds, int second) {
        String json = "[{\"state\":\"%s\",\"lag\":{\"bytes\":%d,\"seconds\":%s}}]".formatted(state, bytes, lagSeconds);
        return catchUp.look(StreamReport.readAll(json).get(0), second * 1_000_000_000L);
    }
}
