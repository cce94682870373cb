package dev.outbox.relay.benchmarks.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GulpingInputStreamTest {

    @Test
    void all_bytes_come_once_and_in_order() throws IOException {
        byte[] bytes = new byte[700_000];
        new Random(1).nextBytes(bytes);

        try (GulpingInputStream gulping = new GulpingInputStream(new ByteArrayInputStream(bytes))) {
            assertThat(gulping.read()).isEqualTo(bytes[0] & 0xFF);
            assertThat(gulping.available()).isEqualTo(bytes.length - 1);
            assertThat(gulping.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
            assertThat(gulping.read()).isEqualTo(-1);
        }
    }
}
