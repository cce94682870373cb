package dev.outbox.relay.server.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitsTest {

    @ParameterizedTest
    @CsvSource(textBlock = """
                    0, 0 B
                    1023, 1023 B
                    1024, 1.0 KiB
                    1572864, 1.5 MiB
                    9223372036854775807, 8192.0 PiB
                    """)
    void sizes_have_the_unit_that_fits(long bytes, String text) {
        assertThat(Units.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    0, 0.0 s
                    9.94, 9.9 s
                    99.9, 99 s
                    100, 1 min
                    5999, 99 min
                    6000, 1 h 40 min
                    359999, 99 h 59 min
                    864000, 10 d
                    """)
    void times_have_the_unit_that_fits(double seconds, String text) {
        assertThat(Units.seconds(seconds)).isEqualTo(text);
    }
}
