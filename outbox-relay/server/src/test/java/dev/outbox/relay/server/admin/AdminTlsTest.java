package dev.outbox.relay.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.outbox.relay.RelayException;
import dev.outbox.relay.server.config.AdminConfig;
import dev.outbox.relay.server.status.StreamState;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same over TLS. */
class AdminTlsTest {

    @TempDir
    Path directory;

    @Test
    void with_a_key_store_it_answers_over_tls_and_only_so() throws Exception {
        TestKeystore keystore = TestKeystore.create(directory);
        try (AdminServer server = start(Optional.of(keystore.tls()))) {
            HttpClient trusting =
                    HttpClient.newBuilder().sslContext(keystore.trusting()).build();
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create("https://localhost:" + server.port() + "/health/ready"))
                    .build();

            assertThat(trusting.send(request, BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            assertThatExceptionOfType(SSLHandshakeException.class)
                    .as("nobody has signed it")
                    .isThrownBy(() -> HttpClient.newHttpClient().send(request, BodyHandlers.ofString()));
            HttpRequest plain = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + server.port() + "/health/ready"))
                    .build();
            assertThatIOException().isThrownBy(() -> HttpClient.newHttpClient().send(plain, BodyHandlers.ofString()));
        }
    }

    @Test
    void a_key_store_that_can_not_be_read_is_one_sentence_without_its_password() throws IOException {
        TestKeystore keystore = TestKeystore.create(directory);
        assertRefused(new AdminConfig.Tls(keystore.file(), "wrong-secret"));

        Path text = Files.writeString(directory.resolve("text.p12"), "no key store");
        assertRefused(new AdminConfig.Tls(text, keystore.password()));
    }

    private static void assertRefused(AdminConfig.Tls tls) {
        assertThatExceptionOfType(RelayException.class)
                .isThrownBy(() -> start(Optional.of(tls)))
                .withMessageContaining("Expected a key store with one key at " + tls.keystore())
                .withMessageContaining("admin.tls.keystore-password")
                .withMessageNotContainingAny(tls.password());
    }

    private static AdminServer start(Optional<AdminConfig.Tls> tls) {
        AdminConfig config = new AdminConfig("localhost", 0, Optional.empty(), tls);
        return AdminServer.start(config, List.of(StubStream.fresh("shop", StreamState.STANDBY)));
    }
}
