package dev.outbox.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordPartsTest {

    @ParameterizedTest
    @CsvSource({
        "2026-03-01 12:00:00+00, 2026-03-01T12:00:00Z",
        "2026-03-01 12:00:00.123456+00, 2026-03-01T12:00:00.123456Z",
        "infinity, infinity",
        "0044-03-15 12:00:00+00 BC, 0044-03-15 12:00:00+00 BC",
        "'', ''"
    })
    void a_timestamptz_becomes_iso_8601_where_there_is_such_a_form(String text, String iso) {
        byte[] row = ("before" + text + "after").getBytes(UTF_8);
        assertThat(new String(OccurredAt.iso(row, "before".length(), text.getBytes(UTF_8).length), UTF_8))
                .isEqualTo(iso);
    }

    @Test
    void an_iso_instant_has_milliseconds_and_anything_else_has_none() {
        assertThat(OccurredAt.unixMillis("2026-03-01T12:00:00.123456Z".getBytes(UTF_8)))
                .isEqualTo(Instant.parse("2026-03-01T12:00:00.123Z").toEpochMilli());
        assertThat(OccurredAt.unixMillis("infinity".getBytes(UTF_8))).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "1", "null", "\"text\"", "", "{", "{\"a\":", "{\"a\":}"})
    void headers_that_are_no_object_are_refused(String json) {
        assertThatThrownBy(() -> RowHeaders.parse(json.getBytes(UTF_8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected a JSON object");
    }

    @Test
    void headers_keep_their_order_and_text() {
        assertThat(RowHeaders.parse(
                        "{\"b\":\"\\u00fc\\n\",\"a\":true,\"c\":{\"d\" : [1, \"ü\"]},\"e\":1.50}".getBytes(UTF_8)))
                .extracting(header -> header.name() + "=" + new String(header.value(), UTF_8))
                .containsExactly("b=ü\n", "a=true", "c={\"d\" : [1, \"ü\"]}", "e=1.50");
    }

    @Test
    void the_cache_makes_each_value_once_and_starts_afresh_when_full() {
        AtomicInteger made = new AtomicInteger();
        BytesCache<String> cache = new BytesCache<>(bytes -> {
            made.incrementAndGet();
            return new String(bytes, UTF_8);
        });
        for (int round = 0; round < 3; round++) {
            for (int n = 0; n < 1_000; n++) {
                byte[] padded = ("<" + n + ">").getBytes(UTF_8);
                assertThat(cache.get(padded, 1, padded.length - 2)).isEqualTo(String.valueOf(n));
            }
        }
        assertThat(made).hasValue(1_000);
        for (int n = 0; n < 100_000; n++) {
            byte[] bytes = String.valueOf(n).getBytes(UTF_8);
            assertThat(cache.get(bytes, 0, bytes.length)).isEqualTo(String.valueOf(n));
        }
    }

    @Test
    void the_cache_keeps_nothing_large() {
        AtomicInteger made = new AtomicInteger();
        BytesCache<Integer> cache = new BytesCache<>(bytes -> made.incrementAndGet());
        byte[] large = new byte[100_000];
        assertThat(cache.get(large, 0, large.length)).isEqualTo(1);
        assertThat(cache.get(large, 0, large.length)).isEqualTo(2);
    }
}
