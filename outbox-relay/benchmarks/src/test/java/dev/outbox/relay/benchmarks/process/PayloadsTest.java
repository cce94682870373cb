package dev.outbox.relay.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadsTest {

    @ParameterizedTest
    @ValueSource(ints = {100, 200, 1_024, 1_000_000})
    void payloads_are_json_of_the_size_that_was_asked_for(int bytes) {
        assertThat(Payloads.of(bytes)).hasSizeGreaterThan(9).allSatisfy(payload -> {
            assertThat(payload).hasSize(bytes);
            assertThat(new String(payload, StandardCharsets.US_ASCII))
                    .startsWith("{\"")
                    .endsWith("\"}");
        });
    }
}
