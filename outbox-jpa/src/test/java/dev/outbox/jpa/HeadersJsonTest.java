package dev.outbox.jpa;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** The hand-written JSON, held against a JSON library. */
class HeadersJsonTest {

    private final JsonMapper jackson = new JsonMapper();

    @Test
    void no_headers_are_no_json() {
        assertThat(HeadersJson.of(Map.of())).isNull();
    }

    @Test
    void every_character_survives() {
        Map<String, String> headers = new LinkedHashMap<>();
        for (int codePoint = 0; codePoint <= 0x2_0000; codePoint++) {
            if (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE) {
                headers.put("h" + codePoint, Character.toString(codePoint));
            }
        }
        assertThat(jackson.readValue(HeadersJson.of(headers), Object.class)).isEqualTo(headers);
    }

    @Test
    void random_texts_survive() {
        long seed = 20_260_301;
        Random random = new Random(seed);
        Map<String, String> headers = new TreeMap<>();
        for (int i = 0; i < 2_000; i++) {
            String text = random.ints(random.nextInt(12), 0, 0x250)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            headers.put(text + i, text);
        }
        assertThat(jackson.readValue(HeadersJson.of(headers), Object.class))
                .as("seed %d", seed)
                .isEqualTo(headers);
    }
}
