package dev.outbox.relay.pgoutput;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogSequenceNumberTest {

    @ParameterizedTest
    @CsvSource({
        "0/0, 0",
        "0/1, 1",
        "0/FFFFFFFF, 4294967295",
        "1/0, 4294967296",
        "16/B374D848, 97500059720",
        "7FFFFFFF/FFFFFFFF, 9223372036854775807",
        "80000000/0, -9223372036854775808",
        "FFFFFFFF/FFFFFFFF, -1",
    })
    void reads_and_prints_what_the_server_prints(String text, long value) {
        assertThat(LogSequenceNumber.parse(text)).isEqualTo(new LogSequenceNumber(value));
        assertThat(new LogSequenceNumber(value)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"16/b374d848", "00000016/B374D848", "016/B374d848"})
    void reads_either_case_and_leading_zeros_as_pg_lsn_does(String text) {
        assertThat(LogSequenceNumber.parse(text)).hasToString("16/B374D848");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "0",
                "0/",
                "/0",
                "0/0/0",
                " 0/0",
                "0/0 ",
                "0/ 0",
                "-1/0",
                "+1/0",
                "0/-1",
                "0x1/0",
                "G/0",
                "0/G",
                "123456789/0",
                "0/123456789",
                "0/١",
                "０/0"
            })
    void refuses_everything_else_and_says_what_it_expects(String text) {
        assertThatThrownBy(() -> LogSequenceNumber.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("16/B374D848")
                .hasMessageContaining('"' + text + '"');
    }

    @Test
    void orders_as_unsigned() {
        List<LogSequenceNumber> ascending = List.of(
                LogSequenceNumber.INVALID,
                new LogSequenceNumber(1),
                new LogSequenceNumber(Long.MAX_VALUE),
                new LogSequenceNumber(Long.MIN_VALUE),
                new LogSequenceNumber(-1));
        assertThat(ascending.stream().sorted()).containsExactlyElementsOf(ascending);
    }

    @Test
    void the_later_of_two_is_the_greater_as_unsigned() {
        LogSequenceNumber low = new LogSequenceNumber(Long.MAX_VALUE);
        LogSequenceNumber high = new LogSequenceNumber(Long.MIN_VALUE);
        assertThat(LogSequenceNumber.max(low, high)).isSameAs(high);
        assertThat(LogSequenceNumber.max(high, low)).isSameAs(high);
        assertThat(LogSequenceNumber.max(low, LogSequenceNumber.INVALID)).isSameAs(low);
    }
}
